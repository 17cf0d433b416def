import {
  type CheckEvent,
  type CheckedPrincipal,
  type CheckReport,
  type CheckResult,
  isCaution,
  type TargetReport,
} from '../core/check-run.ts';
import type { CheckTarget } from '../core/check-target.ts';
import type { ConnectionString } from '../core/connection-string.ts';
import type { Adapter, Context } from '../core/context.ts';
import { isFedctlError } from '../core/errors.ts';
import { hostPort } from '../uri/host-port.ts';
import { awsRegion, callerOf } from './catalogue/aws.ts';
import { CATALOGUE } from './catalogue.ts';
import type { Facts } from './check.ts';
import { runChecks } from './engine.ts';
import { refuseUnseen } from './refuse-unseen.ts';
import { type Selection, selectChecks } from './selection.ts';
import { SharedOutcomes } from './shared.ts';
import { planTarget, type TargetPlan } from './target-plan.ts';
import type { CheckOptions, World } from './world.ts';

/** What a run is asked for. */
export interface CheckRequest {
  readonly targets: readonly CheckTarget[];
  readonly options: CheckOptions;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** Targets that are checked at once. */
  readonly concurrency: number;
  /** How often a target that is not well is checked again. */
  readonly retries: number;
  /** Check such a target again and again for so long, in milliseconds; 0: no longer than the retries say. */
  readonly waitMs: number;
  /** What makes a target unwell: a failed check, or a warning too. */
  readonly failOn: 'fail' | 'warn';
  /** Completes a command that a result for a target offers; null where that cannot be done. */
  readonly offer: World['offer'];
}

interface PlannedTarget {
  readonly target: CheckTarget;
  readonly plan: TargetPlan;
}

/** A request with everything checked that can be checked without the network. */
export interface CheckPlan {
  readonly request: CheckRequest;
  readonly selection: Selection;
  readonly targets: readonly PlannedTarget[];
}

/** Between two attempts, in milliseconds: twice as long each time, up to the longest. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10_000;

/** @throws FedctlError usage.*, mongo.*: what `planTarget`, `selectChecks` and `refuseUnseen` throw */
export function planCheck(context: Pick<Context, 'env' | 'pid'>, request: CheckRequest): CheckPlan {
  const selection = selectChecks(CATALOGUE, request.only, request.skip);
  const planned = (target: CheckTarget): PlannedTarget => {
    const plan = planTarget(context, target);
    refuseUnseen({ target, plan, options: request.options }, selection, request.only);
    return { target, plan };
  };
  return {
    request,
    selection,
    targets: request.targets.map((target) =>
      request.targets.length === 1 ? planned(target) : named(target, () => planned(target)),
    ),
  };
}

/** Says which of several targets it is that cannot be checked. */
function named(target: CheckTarget, plan: () => PlannedTarget): PlannedTarget {
  try {
    return plan();
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    const message = `Target "${target.name}": ${error.message}`;
    throw error.with({ message, details: { ...error.details, target: target.name } });
  }
}

/**
 * Checks every target, several at once. What targets have in common is found out once a round: the first round is all
 * targets, each one after it those that were unwell.
 *
 * @param observe told of everything as it happens; every face is one of these
 * @throws the signal's reason, and bugs: whatever is found out is an answer
 */
export async function runCheck(
  context: Context,
  plan: CheckPlan,
  observe: (event: CheckEvent) => void,
): Promise<CheckReport> {
  await context.load(adaptersOf(plan));
  const startedAt = context.now();
  const elapsed = () => Math.max(0, context.now().getTime() - startedAt.getTime());
  const { retries, waitMs } = plan.request;
  const reports = new Map<PlannedTarget, TargetReport>();
  let unwell: readonly PlannedTarget[] = plan.targets;
  for (let attempt = 1; unwell.length > 0; attempt += 1) {
    const pause = () => pauseAfter(attempt, retries, waitMs - elapsed());
    const round = await checkRound(context, plan, unwell, attempt, pause, observe);
    for (const [planned, { report }] of round) reports.set(planned, report);
    const again = [...round].flatMap(([planned, { pauseMs }]) =>
      pauseMs === null ? [] : [{ planned, pauseMs }],
    );
    unwell = again.map(({ planned }) => planned);
    if (again.length > 0) {
      await context.sleep(Math.min(...again.map(({ pauseMs }) => pauseMs)), context.signal);
    }
  }
  const targets = plan.targets.flatMap((planned) => reports.get(planned) ?? []);
  const ok = targets.every((report) => report.ok);
  return { ok, version: context.version, targets, startedAt, ms: elapsed() };
}

/** How long to wait before the targets that are unwell are checked again, in milliseconds; null: they are not. */
function pauseAfter(attempt: number, retries: number, leftMs: number): number | null {
  const pause = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
  if (attempt <= retries) return pause;
  return leftMs > 0 ? Math.min(pause, leftMs) : null;
}

/** One look at a target, and how long until the next one; null: it was the last. */
interface Look {
  readonly report: TargetReport;
  readonly pauseMs: number | null;
}

/**
 * One look at some targets.
 *
 * @param pause as `pauseAfter` has it, at the time when it is called: a look may have taken all of --wait
 */
async function checkRound(
  context: Context,
  plan: CheckPlan,
  targets: readonly PlannedTarget[],
  attempt: number,
  pause: () => number | null,
  observe: (event: CheckEvent) => void,
): Promise<ReadonlyMap<PlannedTarget, Look>> {
  const shared = new SharedOutcomes();
  const looks = new Map<PlannedTarget, Look>();
  const check = async (planned: PlannedTarget) => {
    const report = await checkTarget(context, plan, planned, attempt, shared, observe);
    const failed = report.ok ? undefined : worstOf(report);
    const pauseMs = failed === undefined ? null : pause();
    looks.set(planned, { report, pauseMs });
    if (failed === undefined || pauseMs === null) observe({ kind: 'target', report });
    else observe({ kind: 'again', target: report.name, attempt, failed, pauseMs });
  };
  const waiting = [...targets];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await check(next);
  };
  await Promise.all(Array.from({ length: Math.min(plan.request.concurrency, targets.length) }, work));
  return looks;
}

async function checkTarget(
  context: Context,
  { request, selection }: CheckPlan,
  { target, plan }: PlannedTarget,
  attempt: number,
  shared: SharedOutcomes,
  observe: (event: CheckEvent) => void,
): Promise<TargetReport> {
  const { name } = target;
  const startedAt = context.now();
  const { options, offer } = request;
  const held = (expiresAt: Date) => observe({ kind: 'token', target: name, expiresAt });
  const world: World = { context, options, target, plan, shared, logins: new Map(), held, offer };
  let principal: CheckedPrincipal = { arn: null, account: null, region: null };
  const checks = await runChecks(
    selection,
    world,
    (result) => observe({ kind: 'check', target: name, attempt, result }),
    {
      begin: ({ id, title }) => observe({ kind: 'begin', target: name, attempt, id, title }),
      facts: (facts) => {
        principal = principalOf(facts);
      },
    },
  );
  return {
    name,
    uri: plan.database?.uri.shown ?? null,
    principal,
    cluster: plan.database === null ? null : clusterOf(plan.database.uri),
    ok: !checks.some((check) => check.status === 'fail' || (request.failOn === 'warn' && isCaution(check))),
    firstFailure: checks.find(({ status }) => status === 'fail')?.id ?? null,
    attempts: attempt,
    checks,
    startedAt,
    ms: Math.max(0, context.now().getTime() - startedAt.getTime()),
  };
}

function adaptersOf({ targets, request }: CheckPlan): readonly Adapter[] {
  const uses = (part: (plan: TargetPlan) => boolean) => targets.some(({ plan }) => part(plan));
  return [
    ...(uses(({ usesAws }) => usesAws) ? (['aws'] as const) : []),
    ...(uses(({ database }) => database !== null) ? (['mongo'] as const) : []),
    ...(request.options.atlas === null ? [] : (['atlas'] as const)),
    'fetch',
  ];
}

function principalOf(facts: Facts): CheckedPrincipal {
  const caller = callerOf(facts);
  const region = caller?.region ?? facts.of(awsRegion)?.region;
  return { arn: caller?.arn ?? null, account: caller?.account ?? null, region: region?.name ?? null };
}

function clusterOf({ srv, hosts }: ConnectionString): string {
  return srv?.host ?? hosts.map(hostPort).join(', ');
}

/** What a target that is unwell is to be blamed on: its first failure, else its first warning. */
function worstOf({ checks }: TargetReport): CheckResult | undefined {
  return checks.find(({ status }) => status === 'fail') ?? checks.find(isCaution);
}
