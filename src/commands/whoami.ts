import { command } from './command.ts';

export const whoami = command({
  arguments: '',
  examples: ['fedctl whoami'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
