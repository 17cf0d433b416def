import { describe, expect, test } from 'vitest';
import { claimComparisons, compare } from '../../../src/lib/check/claim-comparisons.ts';
import { NOW, SUBJECT, TOKEN } from '../../support/login.ts';

const NOBODY = { issuer: TOKEN.issuer, knowsIssuer: false, audience: null, subject: null, now: NOW };

describe('the claims of a token beside what must match them', () => {
  test('all match where nobody expects anything', () => {
    expect(claimComparisons(TOKEN, NOBODY)).toEqual([
      { what: 'iss', seen: 'https://issuer.test', expected: [], by: '', matches: true },
      { what: 'aud', seen: 'my-atlas', expected: [], by: '', matches: true },
      { what: 'sub', seen: SUBJECT, expected: [], by: '', matches: true },
      {
        what: 'exp',
        seen: '2026-11-22T12:05:00Z, in 5 min',
        expected: ['later than 2026-11-22T12:00:00Z'],
        by: 'the clock of this machine',
        matches: true,
      },
      { what: 'alg', seen: 'RS256', expected: [], by: '', matches: true },
      { what: 'kid', seen: 'RSA_0', expected: [], by: '', matches: true },
    ]);
  });

  test('are compared byte for byte, and the subject with a glob', () => {
    const mismatched = (changes: object) =>
      claimComparisons(TOKEN, { ...NOBODY, ...changes })
        .filter(({ matches }) => !matches)
        .map(({ what, by }) => `${what} by ${by}`);
    expect(mismatched({ knowsIssuer: true, audience: 'my-atlas', subject: '*role/team/*' })).toEqual([]);
    expect(mismatched({ knowsIssuer: true, issuer: 'https://issuer.test/' })).toEqual(['iss by the account']);
    expect(mismatched({ audience: 'My-atlas' })).toEqual(['aud by --audience']);
    expect(mismatched({ subject: '*:user/*' })).toEqual(['sub by --subject']);
  });

  test('tell how long ago a token ended', () => {
    const over = claimComparisons(TOKEN, { ...NOBODY, now: new Date('2026-11-22T12:15:00Z') });
    expect(over.find(({ what }) => what === 'exp')).toMatchObject({
      seen: '2026-11-22T12:05:00Z, 10 min ago',
      matches: false,
    });
  });
});

test('what is not there matches nothing that is expected', () => {
  expect(compare('kid', null, ['a', 'b'], 'x').matches).toBe(false);
  expect(compare('kid', 'b', ['a', 'b'], 'x').matches).toBe(true);
  expect(compare('kid', null, [], '').matches).toBe(true);
});
