import { command } from './command.ts';

export const sandbox = command({
  arguments: '',
  examples: ['fedctl sandbox'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
