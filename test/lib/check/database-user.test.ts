import { describe, expect, test } from 'vitest';
import { type Caller, subjectOf } from '../../../src/lib/auth/identity.ts';
import type { Outcome } from '../../../src/lib/check/check.ts';
import { arnRefused, subjectRefused } from '../../../src/lib/check/database-user.ts';
import type { Refusal } from '../../../src/lib/trust/refusal.ts';

const ROLE = 'arn:aws:iam::123456789012:role/team/data/etl';
const USERNAME = `0123456789abcdef01234567/${ROLE}`;

function told(outcome: Outcome<never>) {
  if (outcome.status !== 'fail') throw new Error(outcome.status);
  const { code, message, remedy } = outcome.failure;
  return { code, message, remedy, comparisons: outcome.comparisons ?? [] };
}

const CREATE = `atlas dbusers create --username ${USERNAME} --oidcType USER --role readWrite@<database> --projectId p1`;

describe('no database user for the subject of a token', () => {
  const missing = (...similar: string[]): Refusal => ({
    kind: 'user-missing',
    expected: [USERNAME],
    similar,
  });

  test.each([
    ['at all', missing(), 'atlas.database-user-missing', CREATE],
    [
      'but one of another principal',
      missing('x/arn:aws:iam::1:role/b'),
      'atlas.database-user-missing',
      CREATE,
    ],
    [
      'but one named after the session',
      missing('0123456789abcdef01234567/arn:aws:sts::123456789012:assumed-role/etl/me'),
      'atlas.database-user-session-arn',
      CREATE,
    ],
    [
      'but one without the path',
      missing('0123456789abcdef01234567/arn:aws:iam::123456789012:role/etl'),
      'atlas.database-user-wrong-path',
      CREATE,
    ],
    [
      'but one in another database',
      { kind: 'user-database', username: USERNAME, expected: '$external', seen: 'admin' },
      'atlas.database-user-wrong-database',
      `atlas dbusers delete ${USERNAME} --authDB admin && ${CREATE}`,
    ],
    [
      'but one of another type',
      { kind: 'oidc-auth-type', username: USERNAME, expected: 'USER', seen: 'IDP_GROUP' },
      'atlas.database-user-wrong-type',
      `atlas dbusers delete ${USERNAME} --authDB '$external' && ${CREATE}`,
    ],
    [
      'but one for other clusters',
      { kind: 'user-scope', username: USERNAME, expected: 'prod', seen: ['analytics'] },
      'atlas.database-user-out-of-scope',
      'add the cluster prod to the scopes of the database user, or remove them',
    ],
    [
      'but one that is over',
      { kind: 'user-expired', username: USERNAME, since: new Date('2026-11-22T12:00:00Z') },
      'atlas.database-user-missing',
      CREATE,
    ],
    [
      'because the claim is missing',
      { kind: 'claim-missing', claim: 'email', expected: 'string' },
      'atlas.user-claim-changed',
      CREATE,
    ],
  ] as const satisfies readonly (readonly [string, Refusal, string, string])[])(
    '%s',
    (_what, refusal, code, remedy) => {
      const outcome = told(subjectRefused(refusal, USERNAME, 'p1'));
      expect({ code: outcome.code, remedy: outcome.remedy }).toEqual({ code, remedy });
      expect(outcome.message).toMatch(/^[A-Z].*[^.]\.$/);
    },
  );

  test('shows the nearest name beside the one that is wanted', () => {
    const { comparisons } = told(subjectRefused(missing('near', 'far'), USERNAME, 'p1'));
    expect(comparisons).toEqual([
      { what: 'database user', seen: 'near', expected: [USERNAME], by: 'the token', matches: false },
    ]);
    expect(told(subjectRefused(missing(), USERNAME, 'p1')).comparisons).toEqual([]);
  });
});

describe('no database user for the ARN of a caller', () => {
  const caller = (arn: string): Caller => ({
    account: '123456789012',
    arn,
    userId: 'AIDA',
    subject: subjectOf(arn),
    region: { name: 'eu-central-1', source: '--region' },
    overrides: [],
  });
  const missing = (expected: string): Refusal => ({
    kind: 'user-missing',
    expected: [expected],
    similar: [],
  });

  test.each([
    [
      'arn:aws:iam::123456789012:user/alice',
      '--username arn:aws:iam::123456789012:user/alice --awsIAMType USER',
    ],
    [
      'arn:aws:sts::123456789012:assumed-role/app/me',
      '--username arn:aws:iam::123456789012:role/app --awsIAMType ROLE',
    ],
  ])('%s', (arn, words) => {
    const { code, remedy } = told(arnRefused(missing(arn), caller(arn), 'p1'));
    expect({ code, remedy }).toEqual({
      code: 'atlas.database-user-missing',
      remedy: `atlas dbusers create ${words} --role readWrite@<database> --projectId p1`,
    });
  });

  test.each(['arn:aws:iam::123456789012:root', 'arn:aws:sts::123456789012:federated-user/bob'])(
    '%s cannot have one',
    (arn) => {
      expect(told(arnRefused({ kind: 'not-an-arn', seen: arn }, caller(arn), 'p1')).remedy).toBe(
        'log in as an IAM user or a role: Atlas has no database user for others',
      );
    },
  );
});
