import { formatDuration } from '../../core/duration.ts';
import { rfc3339 } from '../../core/time.ts';
import type { Mechanism, StageEvent, StageId } from '../../ports/mongo.ts';
import { type Asked, check, type Facts } from '../check.ts';
import type { StageEnd } from '../login-run.ts';
import { loginOf } from '../logins.ts';
import { missingUri } from '../missing-input.ts';
import {
  type Failed,
  fail,
  type Outcome,
  type Passed,
  pass,
  type Skipped,
  skip,
  type Timing,
  unseen,
  warn,
} from '../outcome.ts';
import type { World } from '../world.ts';

/**
 * A certificate that expires within this number of days causes a warning. Most certificates are renewed a
 * month before they expire, so the renewal has probably failed.
 */
const CERTIFICATE_DAYS = 14;
const DAY_MS = 86_400_000;

/** The event that reported a passed login stage. */
export interface StageFact {
  readonly event: StageEvent;
}

/**
 * Returns whether the database checks apply to the target. False if the target has an API but no connection
 * string.
 */
export const wantsDatabase = ({ plan, target }: Asked) => plan.database !== null || target.api === null;

export const mongoDns = check<StageFact>({
  id: 'mongo.dns',
  title: 'the host names of the cluster resolve',
  link: 'cluster',
  needs: [],
  asked: wantsDatabase,
  run: (world, facts) => networkStage('resolve', world, facts),
});

export const mongoTcp = check<StageFact>({
  id: 'mongo.tcp',
  title: 'the cluster accepts connections',
  link: 'cluster',
  needs: [mongoDns],
  asked: wantsDatabase,
  run: (world, facts) => networkStage('tcp', world, facts),
});

export const mongoTls = check<StageFact>({
  id: 'mongo.tls',
  title: 'the certificate of the cluster is trusted, matches the host name and has not expired',
  link: 'cluster',
  needs: [mongoTcp],
  asked: wantsDatabase,
  async run(world, facts) {
    const outcome = await networkStage('tls', world, facts);
    return outcome.status === 'pass' ? inDate(outcome, world.context.now()) : outcome;
  },
});

export const mongoHello = check<StageFact>({
  id: 'mongo.hello',
  title: 'a MongoDB server responds',
  link: 'cluster',
  needs: [mongoTls],
  asked: wantsDatabase,
  run: (world, facts) => networkStage('hello', world, facts),
});

/**
 * Returns the result of a network stage. Uses the login with the first mechanism, because network stages are
 * the same for all mechanisms.
 */
async function networkStage(id: StageId, world: World, facts: Facts): Promise<Outcome<StageFact>> {
  const mechanism = world.plan.database?.mechanisms[0];
  if (mechanism === undefined) return unseen(missingUri(), 'fail');
  return stageOutcome(await loginOf(mechanism, world, facts).stage(id));
}

/** Waits for the end of a login stage. Returns null if the mechanism is not requested. */
export async function loginStage(
  id: StageId,
  mechanism: Mechanism,
  world: World,
  facts: Facts,
): Promise<StageEnd | null> {
  if (world.plan.database?.mechanisms.includes(mechanism) !== true) return null;
  return loginOf(mechanism, world, facts).stage(id);
}

/** Converts the result of a login stage to a check result with the start time and duration of the stage. */
export function stageOutcome({ event, failure }: StageEnd): Passed<StageFact> | Failed | Skipped {
  const timing = event === null ? {} : { timing: timingOf(event) };
  if (failure !== null) return fail(failure, timing);
  if (event === null) return skip('the login did not reach this step');
  const detail = event.detail === '' ? null : event.detail;
  return event.status === 'skip' ? skip(detail ?? 'not reached', timing) : pass(detail, { event }, timing);
}

export function timingOf({ startedAt, ms }: StageEvent): Timing {
  return { startedAt, ms };
}

function inDate(outcome: Passed<StageFact>, now: Date): Outcome<StageFact> {
  const { facts } = outcome.fact.event;
  if (facts?.stage !== 'tls') return outcome;
  const { expiresAt, subject } = facts;
  const left = expiresAt.getTime() - now.getTime();
  if (left > CERTIFICATE_DAYS * DAY_MS) return outcome;
  const message = `The certificate of ${subject} expires in ${formatDuration(left / 1000)} (${rfc3339(expiresAt)}).`;
  const { timing } = outcome;
  return warn(
    { code: null, message, remedy: 'The operator of the server must renew its certificate.' },
    outcome.fact,
    {
      ...(timing === undefined ? {} : { timing }),
    },
  );
}
