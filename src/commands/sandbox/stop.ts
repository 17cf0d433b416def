import { createLabClient } from '../../sandbox/control/client.ts';
import { type Answer, command } from '../command.ts';

export const sandboxStop = command({
  arguments: '',
  without: ['profile', 'region', 'noInput'],
  examples: ['fedctl sandbox stop             # stops the lab whose variables are set in this shell'],
  options: {},
  async run({ context, common }): Promise<Answer> {
    await createLabClient(context, common.timeoutMs).stop();
    const document = { schema: 'fedctl.sandbox-stop/v1', stopped: true } as const;
    return { document, lines: ['The lab is stopped.'] };
  },
});
