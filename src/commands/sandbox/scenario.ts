import { linesOf } from '../../lib/render/output.ts';
import { playedScenarioDocument } from '../../lib/render/scenarios.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import { exportLines } from '../../sandbox/environment.ts';
import { type Answer, command } from '../command.ts';
import { secretsOf } from './announce.ts';

export const sandboxScenario = command({
  arguments: '<name>',
  values: 'scenarios',
  without: ['profile', 'region', 'noInput'],
  examples: [
    'eval "$(fedctl sandbox scenario database-user-missing)"   # then: fedctl connect',
    'fedctl sandbox --list-scenarios                           # all scenarios',
  ],
  notes: `
Enables federation in the lab of this shell and adds one fault, as \`fedctl sandbox --scenario\` does in a new lab. Some
scenarios change environment variables. To set them in this shell, run the printed lines with eval. A scenario cannot
be removed, so a lab can have only one scenario.`,
  options: {},
  async run({ context, common, args, hint }): Promise<Answer> {
    const [name = ''] = args;
    const played = await createLabClient(context, common.timeoutMs).playScenario(name);
    hint(played.title);
    return {
      document: playedScenarioDocument(played),
      lines: linesOf(exportLines(played.env)),
      discloses: secretsOf(played.env),
    };
  },
});
