import { command } from './command.ts';

export const decode = command({
  arguments: '',
  examples: ['fedctl decode'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
