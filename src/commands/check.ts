import { type CheckPlan, runCheck } from '../lib/check/run.ts';
import type { CheckEvent, CheckReport } from '../lib/core/check-run.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { checkDocument } from '../lib/render/check/document.ts';
import { listChecks } from './check/list.ts';
import { CHECK_OPTIONS } from './check/options.ts';
import { PendingChecks } from './check/pending.ts';
import { CHECK_FORMATS, refuseUnwritableReports, writeReports } from './check/reports.ts';
import { planRequest } from './check/request.ts';
import { StreamedChecks } from './check/streamed.ts';
import { type Answer, command, type Invocation } from './command.ts';

export const check = command({
  arguments: '',
  examples: [
    "fedctl check --uri 'mongodb+srv://cluster0.example.mongodb.net/' --audience my-atlas",
    'fedctl check --mechanism both --privilege insert@app --write-probe app.probe',
    'fedctl check --token-file /var/run/token               # the token file of an application',
    'fedctl check --only sts                                # all steps up to the minted token',
    'fedctl check --config fedctl.yaml --output junit=report.xml --output html=report.html',
    'fedctl check --wait 2m                                 # retry until a change has propagated',
    'fedctl check --list                                    # all checks and what they assert',
  ],
  notes: `Checks the chain from the AWS credentials to the database. A check runs when the checks that it needs have passed;
independent checks run in parallel. Fix the first failure first: fedctl skips the checks that depend on a failed check.
Exit codes: 0, every requested check ran without a failure; 5, a check failed or did not run; 2, invalid
command line or configuration.

Output formats: human, short (only failures and the summary, as with --quiet), json, junit, github, markdown and html.
Only one format goes to standard output; each further format requires a file.

With Atlas API credentials (MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_PUBLIC_API_KEY
and MONGODB_ATLAS_PRIVATE_API_KEY), fedctl finds the cause of a rejected login. Without these credentials, fedctl
lists possible causes.

If fedctl finds the configuration file in the working directory, it sends tokens only to Atlas and to this machine. If
a variable such as FEDCTL_URI or FEDCTL_AUDIENCE also defines a target, fedctl exits with 2. Neither applies to a file
that is specified with --config. With --config or --target, command-line options override the settings of the
selected target. Otherwise, options that define a target, such as --uri, replace the file, and fedctl prints a warning.`,
  options: CHECK_OPTIONS,
  formats: CHECK_FORMATS,
  run,
});

/** Runs the checks. If stderr is a terminal, a progress line shows the pending checks. */
async function watched(
  { context, progress, hint }: Invocation<typeof CHECK_OPTIONS>,
  plan: CheckPlan,
  observe: (event: CheckEvent) => void,
): Promise<CheckReport> {
  const pending = new PendingChecks(plan.targets.length, context.now);
  const run = () =>
    runCheck(context, plan, (event) => {
      pending.observe(event);
      observe(event);
    });
  try {
    return await progress.during('Waiting for', run, () => pending.text());
  } catch (error) {
    if (context.signal.aborted && progress.isShown) for (const line of pending.interrupted()) hint(line);
    throw error;
  }
}

async function run(invocation: Invocation<typeof CHECK_OPTIONS>): Promise<Answer> {
  const { options, common } = invocation;
  if (options.list) return listChecks(common.formats, options.only, options.skip);
  const plan = await planRequest(invocation);
  // The warnings are reported here only with JSON output. The other formats show them in the result of the
  // configuration check, which is always part of the report.
  if (common.output === 'json') {
    for (const warning of plan.request.targets.flatMap(({ warnings }) => warnings)) invocation.warn(warning);
  }
  await refuseUnwritableReports(invocation);
  const streamed = new StreamedChecks(invocation, plan);
  streamed.start();
  const report = await watched(invocation, plan, (event) => streamed.observe(event));
  const lines = await writeReports(report, common.formats, invocation);
  streamed.end(report);
  return { document: checkDocument(report), lines, exitCode: report.ok ? EXIT.done : EXIT.answeredNo };
}
