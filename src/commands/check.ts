import { type CheckPlan, runCheck } from '../lib/check/run.ts';
import type { CheckEvent, CheckReport } from '../lib/core/check-run.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { checkDocument } from '../lib/render/check/document.ts';
import { listChecks } from './check/list.ts';
import { CHECK_OPTIONS } from './check/options.ts';
import { PendingChecks } from './check/pending.ts';
import { CHECK_FACES, refuseUnwritableReports, reportFaces } from './check/reports.ts';
import { planRequest } from './check/request.ts';
import { StreamedChecks } from './check/streamed.ts';
import { type Answer, command, type Invocation } from './command.ts';

export const check = command({
  arguments: '',
  examples: [
    "fedctl check --uri 'mongodb+srv://cluster0.example.mongodb.net/' --audience my-atlas",
    'fedctl check --mechanism both --privilege insert@app --write-probe app.probe',
    'fedctl check --token-file /var/run/token               # the very token that an application reads',
    'fedctl check --only sts                                # as far as a minted token',
    'fedctl check --config fedctl.yaml --output junit=report.xml --output html=report.html',
    'fedctl check --wait 2m                                 # right after something was changed',
    'fedctl check --list                                    # every check with what it asserts',
  ],
  notes: `Walks the chain from the AWS keys to the database: each check once what it needs has passed, independent ones side by
side. The first that failed is where to begin; what depends on it is skipped and says so. Exit code 0: everything
that was asked for was examined and holds; 5: it was not, or does not; 2: the command line or the configuration is wrong.


--output human, short (failures and the summary, as with --quiet), json, junit, github, markdown or html, several at once with a file for each but one.

With credentials of the Atlas API (MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_PUBLIC_API_KEY
and MONGODB_ATLAS_PRIVATE_API_KEY) the cause of a refused login is found by comparing; without, it can only be narrowed down.

A file that was found in the working directory sends tokens to Atlas and to this machine only; --config trusts one.
Beside FEDCTL_URI, FEDCTL_AUDIENCE or another variable that names a target, a file that was found is refused (exit code 2).
Typed options of a target beat the file: for the target that --target picks, or instead of the file, which is reported.`,
  options: CHECK_OPTIONS,
  faces: CHECK_FACES,
  run,
});

/** Runs the checks, and shows on a terminal what they are waiting for. */
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
  if (options.list) return listChecks(common.faces, options.only, options.skip);
  const plan = await planRequest(invocation);
  // The other formats tell these in the check of the configuration, where nothing hides them.
  if (common.output === 'json') {
    for (const warning of plan.request.targets.flatMap(({ warnings }) => warnings)) invocation.warn(warning);
  }
  await refuseUnwritableReports(invocation);
  const streamed = new StreamedChecks(invocation, plan);
  streamed.start();
  const report = await watched(invocation, plan, (event) => streamed.observe(event));
  const lines = await reportFaces(report, common.faces, invocation);
  streamed.end(report);
  return { document: checkDocument(report), lines, exitCode: report.ok ? EXIT.done : EXIT.answeredNo };
}
