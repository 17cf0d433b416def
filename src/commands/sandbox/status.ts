import { sandboxStatusDocument, sandboxStatusLines } from '../../lib/render/sandbox.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import { type Answer, command } from '../command.ts';

export const sandboxStatus = command({
  arguments: '',
  without: ['profile', 'region', 'noInput'],
  examples: [
    'fedctl sandbox status                     # shows the lab whose variables are set in this shell',
    'fedctl sandbox status --json | jq .accounts',
  ],
  options: {},
  async run({ context, common }): Promise<Answer> {
    const status = await createLabClient(context, common.timeoutMs).status();
    return { document: sandboxStatusDocument(status), lines: sandboxStatusLines(status) };
  },
});
