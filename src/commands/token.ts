import { command } from './command.ts';

export const token = command({
  arguments: '',
  examples: ['fedctl token'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
