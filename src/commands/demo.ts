import { command } from './command.ts';

export const demo = command({
  arguments: '',
  examples: ['fedctl demo'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
