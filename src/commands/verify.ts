import { command } from './command.ts';

export const verify = command({
  arguments: '',
  examples: ['fedctl verify'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
