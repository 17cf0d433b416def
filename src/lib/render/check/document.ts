import type { CheckReport, CheckResult, TargetReport } from '../../core/check-run.ts';
import { timePair } from '../../core/time.ts';
import { explainCommand } from './verdict.ts';

/** Formats a run of `check` as JSON: schema `fedctl.check/v1`, for one target or many. */
export function checkDocument({ ok, version, targets, startedAt, ms }: CheckReport) {
  return {
    schema: 'fedctl.check/v1',
    ok,
    version,
    ...timePair('startedAt', startedAt),
    ms: Math.round(ms),
    targets: targets.map(targetMembers),
  } as const;
}

function targetMembers(report: TargetReport) {
  const { name, uri, principal, cluster, ok, firstFailure, attempts, checks, startedAt, ms } = report;
  return {
    name,
    uri,
    principal: principal.arn,
    account: principal.account,
    region: principal.region,
    cluster,
    ok,
    firstFailure,
    attempts,
    ...timePair('startedAt', startedAt),
    ms: Math.round(ms),
    checks: checks.map(checkMembers),
  };
}

/** Lists each member explicitly, because the document must not contain other members of a result. */
function checkMembers(result: CheckResult) {
  const { id, title, link, status, detail, notes, code, cause, remedy, command, comparisons } = result;
  const { startedAt, ms } = result;
  return {
    id,
    title,
    link,
    status,
    detail,
    notes,
    code,
    cause,
    remedy,
    command,
    docs: explainCommand(result),
    comparisons: comparisons.map(({ what, seen, expected, by, matches }) => {
      return { what, seen, expected, by, matches };
    }),
    ...timePair('startedAt', startedAt),
    ms: Math.round(ms),
  };
}
