import type { Comparison } from '../core/check-run.ts';
import { formatDuration } from '../core/duration.ts';
import { rfc3339 } from '../core/time.ts';
import type { MintedToken } from '../core/token.ts';
import { matches, patternOf } from '../core/wildcard.ts';

/** The expected claims of a token. fedctl knows these values before it contacts a relying party. */
export interface ExpectedClaims {
  readonly issuer: string;
  /** Whether the expected issuer is known. If false, `issuer` is the issuer of the token itself. */
  readonly knowsIssuer: boolean;
  readonly audience: string | null;
  readonly subject: string | null;
  readonly now: Date;
}

/** Compares issuer, audience, subject and expiration of a token with the expected values. */
export function claimComparisons(token: MintedToken, expected: ExpectedClaims): readonly Comparison[] {
  const { issuer, knowsIssuer, audience, subject, now } = expected;
  return [
    compare('iss', token.issuer, knowsIssuer ? [issuer] : [], knowsIssuer ? 'the account' : ''),
    compare(
      'aud',
      token.audience.join(', '),
      audience === null ? [] : [audience],
      audience === null ? '' : '--audience',
    ),
    {
      ...compare(
        'sub',
        token.subject,
        subject === null ? [] : [subject],
        subject === null ? '' : '--subject',
      ),
      matches: subject === null || matches(patternOf(subject), token.subject),
    },
    expiry(token.expiresAt, now),
    compare('alg', token.algorithm, [], ''),
    compare('kid', token.keyId, [], ''),
  ];
}

/** Compares a value with the expected values, byte for byte. If `expected` is empty, any value matches. */
export function compare(
  what: string,
  seen: string | null,
  expected: readonly string[],
  by: string,
): Comparison {
  const matches = expected.length === 0 || (seen !== null && expected.includes(seen));
  return { what, seen, expected, by, matches };
}

function expiry(expiresAt: Date, now: Date): Comparison {
  const left = (expiresAt.getTime() - now.getTime()) / 1000;
  const distance = left > 0 ? `in ${formatDuration(left)}` : `${formatDuration(left)} ago`;
  return {
    what: 'exp',
    seen: `${rfc3339(expiresAt)}, ${distance}`,
    expected: [`later than ${rfc3339(now)}`],
    by: 'the clock of this machine',
    matches: left > 0,
  };
}
