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
    'fedctl sandbox --list-scenarios                           # all the names',
  ],
  notes: `
Enables the lab whose variables this shell has, and breaks one thing in it, as \`fedctl sandbox --scenario\` does in a new
one. Some things are broken in the shell: what it prints are the variables that change, for eval. What was changed in
the lab stays changed, so that a lab plays one scenario in its life.`,
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
