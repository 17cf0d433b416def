import { command } from './command.ts';

export const disable = command({
  arguments: '',
  examples: ['fedctl disable'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
