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

export interface CheckRequest {
  readonly targets: readonly CheckTarget[];
  readonly options: CheckOptions;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** The number of targets that are checked at the same time. */
  readonly concurrency: number;
  /** The number of times to check an unhealthy target again. */
  readonly retries: number;
  /**
   * The maximum time for repeated checks of an unhealthy target, in milliseconds. If 0, only `retries` limits
   * the number of repeated checks.
   */
  readonly waitMs: number;
  /** The lowest status that makes a target unhealthy. */
  readonly failOn: 'fail' | 'warn';
  /**
   * Adds the options of the current command line to the suggested command of a result, and returns the
   * complete command line. Returns null if a required value may contain a secret.
   */
  readonly offer: World['offer'];
}

interface PlannedTarget {
  readonly target: CheckTarget;
  readonly plan: TargetPlan;
}

/** A validated request. Validation makes no network calls. */
export interface CheckPlan {
  readonly request: CheckRequest;
  readonly selection: Selection;
  readonly targets: readonly PlannedTarget[];
}

/**
 * The first pause between two attempts, in milliseconds. Each pause is twice as long as the previous one, up
 * to LONGEST_PAUSE.
 */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 10_000;

/**
 * Validates a request.
 *
 * @throws FedctlError usage.* and mongo.*, from `planTarget`, `selectChecks` and `refuseUnseen`
 */
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

/** Adds the name of the target to a validation failure. */
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
 * Checks all targets, several at once. Checks unhealthy targets again in further rounds. The targets of a
 * round share the results of identical checks.
 *
 * @param observe called with every event
 * @throws the abort reason, if `context.signal` is aborted; unexpected errors. Does not throw if a check
 * fails
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

/**
 * Returns the pause before the next check of unhealthy targets, in milliseconds; null if there is no next
 * check.
 */
function pauseAfter(attempt: number, retries: number, leftMs: number): number | null {
  const pause = Math.min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE);
  if (attempt <= retries) return pause;
  return leftMs > 0 ? Math.min(pause, leftMs) : null;
}

/**
 * The result of checking one target in one round. `pauseMs` is the pause before the next check of the target;
 * null if the target is not checked again.
 */
interface Look {
  readonly report: TargetReport;
  readonly pauseMs: number | null;
}

/**
 * Checks each of the targets once.
 *
 * @param pause returns the time until an unhealthy target is checked again, in milliseconds; null if it is not
 * checked again. Called after each unhealthy target, because the maximum time of --wait can pass during a check
 */
async function checkRound(
  context: Context,
  plan: CheckPlan,
  targets: readonly PlannedTarget[],
  attempt: number,
  pause: () => number | null,
  observe: (event: CheckEvent) => void,
): Promise<ReadonlyMap<PlannedTarget, Look>> {
  context.clocks.forget();
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

/**
 * Returns the result that makes a target unhealthy: the first failure or, if no check failed, the first
 * warning.
 */
function worstOf({ checks }: TargetReport): CheckResult | undefined {
  return checks.find(({ status }) => status === 'fail') ?? checks.find(isCaution);
}
