import { FedctlError } from '../../lib/core/errors.ts';
import { clockText, sandboxClockDocument } from '../../lib/render/sandbox.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import { type Answer, command } from '../command.ts';
import { duration } from '../options/kinds.ts';
import { toggle } from '../options/option.ts';

export const sandboxClock = command({
  arguments: '',
  without: ['profile', 'region', 'noInput'],
  examples: [
    'fedctl sandbox clock                  # show the time in the lab',
    'fedctl sandbox clock --ahead 10m      # the clock of the lab is 10 minutes ahead of the clients',
    'fedctl sandbox clock --reset          # set the clock to the real time',
  ],
  notes: `
AWS, the issuers and MongoDB use the clock of the lab; clients use their own. Tokens and sessions expire by the clock
of the lab.`,
  options: {
    ahead: duration('--ahead <time>', 'Time by which the lab is ahead of the real time', null, {
      env: false,
    }),
    behind: duration('--behind <time>', 'Time by which the lab is behind the real time', null, {
      env: false,
    }),
    reset: toggle('--reset', 'Reset the clock to the real time', { env: false }),
  },
  async run({ context, common, options: { ahead, behind, reset } }): Promise<Answer> {
    const moves = [
      ...(ahead === null ? [] : [ahead]),
      ...(behind === null ? [] : [-behind]),
      ...(reset ? [0] : []),
    ];
    const [offset, ...others] = moves;
    if (others.length > 0) {
      throw new FedctlError('usage.invalid-command-line', {
        message: '--ahead, --behind and --reset are mutually exclusive.',
      });
    }
    const lab = createLabClient(context, common.timeoutMs);
    const time = offset === undefined ? await lab.time() : await lab.setClock(offset);
    return { document: sandboxClockDocument(time), lines: [clockText(time)] };
  },
});
