import { command } from './command.ts';

export const enable = command({
  arguments: '',
  examples: ['fedctl enable'],
  options: {},
  async run() {
    throw new Error('not built yet');
  },
});
