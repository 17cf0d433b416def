import { command } from './command.ts';

export const status = command({
  arguments: '',
  examples: ['fedctl status'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
