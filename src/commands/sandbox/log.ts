import { isFedctlError } from '../../lib/core/errors.ts';
import { EXIT } from '../../lib/core/exit-codes.ts';
import { JsonLine } from '../../lib/render/json.ts';
import { labLogLine, sandboxLogDocument } from '../../lib/render/sandbox.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import type { LabLogEntry } from '../../sandbox/log.ts';
import { type Answer, command, type Ended } from '../command.ts';
import { toggle } from '../options/option.ts';

/** The time, in seconds, for which one request waits for the next log entry. */
const WAIT = 15;

export const sandboxLog = command({
  arguments: '',
  without: ['profile', 'region', 'noInput'],
  examples: [
    'fedctl sandbox log              # shows why a login was rejected',
    'fedctl sandbox log --follow     # prints new requests until Ctrl-C',
  ],
  notes: `
Prints each request that the lab received, with the decision and its reason. The responses of the lab never include
this reason. Tokens are identified by their jti and kid. The lab keeps the last thousand entries. With --follow
--json, each line is a JSON document.`,
  options: { follow: toggle('--follow', 'Continue until Ctrl-C or until the lab stops', { env: false }) },
  async run({ context, common, options, stdout }): Promise<Answer | Ended> {
    const lab = createLabClient(context, common.timeoutMs);
    const first = await lab.log(0, 0);
    if (!options.follow) {
      return {
        document: sandboxLogDocument(first.entries),
        lines: first.entries.map(labLogLine),
      };
    }
    const show = (entry: LabLogEntry) =>
      stdout.write([
        common.output === 'json' ? new JsonLine(sandboxLogDocument([entry])) : labLogLine(entry),
      ]);
    try {
      for (let page = first; ; page = await lab.log(page.next, WAIT)) page.entries.forEach(show);
    } catch (error) {
      if (isFedctlError(error) && error.code === 'lab.unreachable') return { exitCode: EXIT.done };
      throw error;
    }
  },
});
