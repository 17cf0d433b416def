import { command } from './command.ts';

export const connect = command({
  arguments: '',
  examples: ['fedctl connect'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
