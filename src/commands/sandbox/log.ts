import { isFedctlError } from '../../lib/core/errors.ts';
import { EXIT } from '../../lib/core/exit-codes.ts';
import { JsonLine } from '../../lib/render/json.ts';
import { labLogLine, sandboxLogDocument } from '../../lib/render/sandbox.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import type { LabLogEntry } from '../../sandbox/log.ts';
import { type Answer, command, type Ended } from '../command.ts';
import { toggle } from '../options/option.ts';

/** How long one question waits for the next entry, in seconds. */
const WAIT = 15;

export const sandboxLog = command({
  arguments: '',
  without: ['profile', 'region', 'noInput'],
  examples: [
    'fedctl sandbox log              # why was that login refused?',
    'fedctl sandbox log --follow     # as it happens, until Ctrl-C',
  ],
  notes: `
Each request to the lab with the decision and its true reason, which the wire never says. Tokens are shown by their jti
and kid. The last thousand entries are kept. Under --follow --json each entry is a document of its own, one a line.`,
  options: { follow: toggle('--follow', 'go on until Ctrl-C or the end of the lab', { env: false }) },
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
