import { describe, expect, test } from 'vitest';
import { type Caller, subjectOf } from '../../../src/lib/auth/identity.ts';
import { arnRefused, subjectRefused, type UserList } from '../../../src/lib/check/database-user.ts';
import type { Outcome } from '../../../src/lib/check/outcome.ts';
import { quoted } from '../../../src/lib/core/command-line.ts';
import type { AtlasDatabaseUser } from '../../../src/lib/ports/atlas.ts';
import type { Refusal } from '../../../src/lib/trust/refusal.ts';

const ROLE = 'arn:aws:iam::123456789012:role/team/data/etl';
const SESSION = '0123456789abcdef01234567/arn:aws:sts::123456789012:assumed-role/etl/me';
const PATHLESS = '0123456789abcdef01234567/arn:aws:iam::123456789012:role/etl';
const USERNAME = `0123456789abcdef01234567/${ROLE}`;

function told(outcome: Outcome<never>) {
  if (outcome.status !== 'fail') throw new Error(outcome.status);
  const { code, message, remedy, command } = outcome.failure;
  const offered = command?.kind === 'program' ? quoted(command.words) : null;
  return { code, message, remedy, command: offered, comparisons: outcome.comparisons ?? [] };
}

const ROLES = [
  { role: 'readWrite', db: 'app' },
  { role: 'read', db: 'shop', collection: 'orders' },
];

/** A database user that somebody made, and what a test changes of it. */
function user(changes: Partial<AtlasDatabaseUser> & Pick<AtlasDatabaseUser, 'username'>): AtlasDatabaseUser {
  return {
    database: '$external',
    oidcAuthType: 'USER',
    awsIAMType: 'NONE',
    roles: ROLES,
    scopes: [{ name: 'prod', type: 'CLUSTER' }],
    ...changes,
  };
}

const list = (...users: readonly AtlasDatabaseUser[]): UserList => ({ projectId: 'p1', users });

const UNKNOWN_ROLES = `Create the database user with "atlas dbusers create --username ${USERNAME} --oidcType USER --role <role>@<database> --projectId p1". Choose the roles that the application needs.`;
const CREATE = `atlas dbusers create --username ${USERNAME} --oidcType USER --role readWrite@app --role read@shop.orders --scope prod --projectId p1`;
const IN_ADMIN = user({ username: USERNAME, database: 'admin', oidcAuthType: 'NONE' });
const OTHER_TYPE = user({ username: USERNAME, oidcAuthType: 'IDP_GROUP' });

describe('no database user for the subject of a token', () => {
  const missing = (...similar: string[]): Refusal => ({
    kind: 'user-missing',
    expected: [USERNAME],
    similar,
  });

  test.each([
    ['at all', missing(), list(), 'atlas.database-user-missing', UNKNOWN_ROLES, null],
    [
      'but one of another principal, whose roles are its own',
      missing('x/arn:aws:iam::1:role/b'),
      list(user({ username: 'x/arn:aws:iam::1:role/b' })),
      'atlas.database-user-missing',
      UNKNOWN_ROLES,
      null,
    ],
    [
      'but one named after the session',
      missing(SESSION),
      list(user({ username: SESSION })),
      'atlas.database-user-session-arn',
      'Create the missing database user with the settings of the existing user. Afterwards, the user with the wrong name can be removed.',
      CREATE,
    ],
    [
      'but one without the path',
      missing(PATHLESS),
      list(user({ username: PATHLESS })),
      'atlas.database-user-wrong-path',
      'Create the missing database user with the settings of the existing user. Afterwards, the user with the wrong name can be removed.',
      CREATE,
    ],
    [
      'but one in another database',
      { kind: 'user-database', username: USERNAME, expected: '$external', seen: 'admin' },
      list(IN_ADMIN),
      'atlas.database-user-wrong-database',
      'Create the missing database user with the settings of the existing user. Afterwards, the user in the database admin can be removed.',
      CREATE,
    ],
    [
      'but one in another database, with a scope that the CLI may not take',
      { kind: 'user-database', username: USERNAME, expected: '$external', seen: 'admin' },
      list({ ...IN_ADMIN, scopes: [{ name: 'lake', type: 'DATA_LAKE' }] }),
      'atlas.database-user-wrong-database',
      UNKNOWN_ROLES,
      null,
    ],
    [
      'but one of another type',
      { kind: 'oidc-auth-type', username: USERNAME, expected: 'USER', seen: 'IDP_GROUP' },
      list(OTHER_TYPE),
      'atlas.database-user-wrong-type',
      'The type of a database user cannot be changed. In Atlas, delete the user and create it again with the type USER and the roles readWrite@app, read@shop.orders and the scopes prod. Until then, logins as this user fail.',
      null,
    ],
    [
      'but one for other clusters',
      { kind: 'user-scope', username: USERNAME, expected: 'prod', seen: ['analytics'] },
      list(),
      'atlas.database-user-out-of-scope',
      'Add the cluster prod to the scopes of the database user.',
      null,
    ],
    [
      'but one that is limited to other clusters, which it keeps',
      { kind: 'user-scope', username: USERNAME, expected: 'prod', seen: ['analytics'] },
      list(user({ username: USERNAME, scopes: [{ name: 'analytics', type: 'CLUSTER' }] })),
      'atlas.database-user-out-of-scope',
      'Add the cluster prod to the scopes of the database user.',
      `atlas dbusers update ${USERNAME} --scope analytics --scope prod --authDB '$external' --projectId p1`,
    ],
    [
      'but one that is over',
      { kind: 'user-expired', username: USERNAME, since: new Date('2026-11-22T12:00:00Z') },
      list(),
      'atlas.database-user-missing',
      UNKNOWN_ROLES,
      null,
    ],
    [
      'because the claim is missing',
      { kind: 'claim-missing', claim: 'email', expected: 'string' },
      list(),
      'atlas.user-claim-changed',
      UNKNOWN_ROLES,
      null,
    ],
  ] as const satisfies readonly (readonly [string, Refusal, UserList, string, string, string | null])[])(
    '%s',
    (_what, refusal, users, code, remedy, command) => {
      const outcome = told(subjectRefused(refusal, USERNAME, users));
      expect({ code: outcome.code, remedy: outcome.remedy, command: outcome.command }).toEqual({
        code,
        remedy,
        command,
      });
      expect(outcome.message).toMatch(/^[A-Z].*[^.]\.$/);
    },
  );

  test('shows the nearest name beside the one that is wanted', () => {
    const { comparisons } = told(subjectRefused(missing('near', 'far'), USERNAME, list()));
    expect(comparisons).toEqual([
      { what: 'database user', seen: 'near', expected: [USERNAME], by: 'the token', matches: false },
    ]);
    expect(told(subjectRefused(missing(), USERNAME, list())).comparisons).toEqual([]);
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

  test('shows the nearest name beside that of the caller', () => {
    const arn = 'arn:aws:iam::123456789012:user/alice';
    const near: Refusal = { kind: 'user-missing', expected: [arn], similar: ['near'] };
    expect(told(arnRefused(near, caller(arn), list())).comparisons).toEqual([
      { what: 'database user', seen: 'near', expected: [arn], by: 'the AWS identity', matches: false },
    ]);
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
    const { code, remedy } = told(arnRefused(missing(arn), caller(arn), list()));
    expect({ code, remedy }).toEqual({
      code: 'atlas.database-user-missing',
      remedy: `Create the database user with "atlas dbusers create ${words} --role <role>@<database> --projectId p1". Choose the roles that the application needs.`,
    });
  });

  test.each(['arn:aws:iam::123456789012:root', 'arn:aws:sts::123456789012:federated-user/bob'])(
    '%s cannot have one',
    (arn) => {
      expect(told(arnRefused({ kind: 'not-an-arn', seen: arn }, caller(arn), list())).remedy).toBe(
        'Log in as an IAM user or a role. Atlas has no database users for other principals.',
      );
    },
  );
});
