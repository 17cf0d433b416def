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
    'fedctl sandbox clock                  # what time is it in the lab?',
    'fedctl sandbox clock --ahead 10m      # the lab is ahead: clients sign too early for it',
    'fedctl sandbox clock --reset          # the real time again',
  ],
  notes: `
AWS, the issuers and MongoDB live by the lab's clock; clients live by their own. Tokens and sessions expire by it.`,
  options: {
    ahead: duration('--ahead <time>', 'move the lab this far ahead of the real time', null, { env: false }),
    behind: duration('--behind <time>', 'move the lab this far behind the real time', null, { env: false }),
    reset: toggle('--reset', 'back to the real time', { env: false }),
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
        message: 'The clock can be set by one of --ahead, --behind and --reset.',
      });
    }
    const lab = createLabClient(context, common.timeoutMs);
    const time = offset === undefined ? await lab.time() : await lab.setClock(offset);
    return { document: sandboxClockDocument(time), lines: [clockText(time)] };
  },
});
