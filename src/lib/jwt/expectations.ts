import { formatDuration } from '../core/duration.ts';
import { rfc3339 } from '../core/time.ts';
import { matches, patternOf } from '../core/wildcard.ts';
import type { DecodedJwt } from './decode.ts';
import { type Fault, shown, shownAsJson } from './fault.ts';
import { numericDate } from './numeric-date.ts';

/** The values that a relying party expects in the claims. */
export interface Expectations {
  /** The expected issuer, compared byte for byte with `iss`. */
  readonly issuer: string;
  /**
   * The expected audience. If null, any audience is accepted. `fedctl verify` uses null only with
   * --any-audience.
   */
  readonly audience: string | null;
  /** A glob pattern for `sub` (see core/wildcard.ts). If null, any subject is accepted. */
  readonly subject: string | null;
  readonly now: Date;
}

/**
 * The number of seconds that `nbf` and `iat` may be ahead of the local clock. For `exp`, no clock difference
 * is allowed. MongoDB applies the same rules (facts/mongodb.md 1.6).
 */
const CLOCK_LEEWAY_SECONDS = 60;

/**
 * Returns all faults of the claims, in the order issuer, audience, subject, times. Does not verify the
 * signature.
 */
export function claimFaults({ payload }: DecodedJwt, expected: Expectations): readonly Fault[] {
  return [
    ...issuerFaults(payload['iss'], expected.issuer),
    ...audienceFaults(payload['aud'], expected.audience),
    ...subjectFaults(payload['sub'], expected.subject),
    ...expiryFaults(payload['exp'], expected.now),
    ...startFaults('nbf', payload['nbf'], expected.now),
    ...startFaults('iat', payload['iat'], expected.now),
  ];
}

function issuerFaults(iss: unknown, issuer: string): readonly Fault[] {
  if (iss === issuer) return [];
  if (typeof iss !== 'string') return [wrongType('iss', `"${issuer}"`, iss)];
  return [{ code: 'jwt.issuer-mismatch', claim: 'iss', expected: issuer, seen: shown(iss) }];
}

/**
 * Validates `aud`. AWS writes one audience as a string, and several audiences as a list (facts/aws.md 3.1).
 */
function audienceFaults(aud: unknown, audience: string | null): readonly Fault[] {
  const named: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (!named.every((each) => typeof each === 'string')) {
    return [wrongType('aud', 'a string or a list of strings', aud)];
  }
  if (audience === null || named.includes(audience)) return [];
  return [{ code: 'jwt.audience-mismatch', claim: 'aud', expected: audience, seen: shown(aud) }];
}

function subjectFaults(sub: unknown, pattern: string | null): readonly Fault[] {
  if (typeof sub !== 'string' || sub === '') return [wrongType('sub', 'a string that is not empty', sub)];
  if (pattern === null || matches(patternOf(pattern), sub)) return [];
  return [{ code: 'jwt.subject-mismatch', claim: 'sub', expected: pattern, seen: shown(sub) }];
}

function expiryFaults(exp: unknown, now: Date): readonly Fault[] {
  const date = numericDate(exp);
  if (date === null) return [wrongType('exp', 'a time in seconds since 1970', exp)];
  if (now < date) return [];
  const ago = formatDuration((now.getTime() - date.getTime()) / 1000);
  const expected = `later than ${rfc3339(now)}`;
  return [{ code: 'jwt.expired', claim: 'exp', expected, seen: `${rfc3339(date)}, expired ${ago} ago` }];
}

/**
 * Validates `nbf` or `iat`. Both claims are optional, because AWS sends no `nbf` and no relying party
 * requires `iat`.
 */
function startFaults(claim: 'nbf' | 'iat', value: unknown, now: Date): readonly Fault[] {
  if (value === undefined) return [];
  const date = numericDate(value);
  if (date === null) return [wrongType(claim, 'a time in seconds since 1970', value)];
  const ahead = (date.getTime() - now.getTime()) / 1000;
  if (ahead <= CLOCK_LEEWAY_SECONDS) return [];
  const expected = `not later than ${rfc3339(now)} (${CLOCK_LEEWAY_SECONDS} s of tolerance)`;
  const seen = `${rfc3339(date)}, ${formatDuration(ahead)} from now`;
  return [{ code: 'jwt.not-yet-valid', claim, expected, seen }];
}

function wrongType(claim: string, expected: string, value: unknown): Fault {
  return { code: 'jwt.claim-missing', claim, expected, seen: shownAsJson(value) };
}
