import { command } from './command.ts';

export const credentials = command({
  arguments: '',
  examples: ['fedctl credentials'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
