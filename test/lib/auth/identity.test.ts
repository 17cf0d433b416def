import { describe, expect, test } from 'vitest';
import {
  atlasSide,
  awsUserOf,
  namedRole,
  subjectOf,
  subjectWarnings,
} from '../../../src/lib/auth/identity.ts';

describe('subjectOf', () => {
  test.each([
    [
      'arn:aws:sts::123456789012:assumed-role/app/i-0abc',
      { kind: 'role', arn: 'arn:aws:iam::123456789012:role/app', certainty: 'guessed' },
    ],
    [
      'arn:aws-us-gov:sts::123456789012:assumed-role/app/me@example.com',
      { kind: 'role', arn: 'arn:aws-us-gov:iam::123456789012:role/app', certainty: 'guessed' },
    ],
    [
      'arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/alice',
      {
        kind: 'role',
        arn: 'arn:aws:iam::123456789012:role/AWSReservedSSO_Admin_0123456789abcdef',
        certainty: 'incomplete',
      },
    ],
    [
      'arn:aws:iam::123456789012:user/team/alice',
      { kind: 'user', arn: 'arn:aws:iam::123456789012:user/team/alice', certainty: 'certain' },
    ],
    [
      'arn:aws:iam::123456789012:root',
      { kind: 'root', arn: 'arn:aws:iam::123456789012:root', certainty: 'certain' },
    ],
    [
      'arn:aws:sts::123456789012:federated-user/bob',
      { kind: 'federated-user', arn: null, certainty: 'certain' },
    ],
    ['arn:aws:sts::123456789012:assumed-role', { kind: 'other', arn: null, certainty: 'certain' }],
    ['something else', { kind: 'other', arn: null, certainty: 'certain' }],
  ])('%s', (arn, subject) => {
    expect(subjectOf(arn)).toEqual(subject);
  });
});

test('a role that is named has its path', () => {
  expect(namedRole('arn:aws:iam::123456789012:role/team/x/app')).toEqual({
    kind: 'role',
    arn: 'arn:aws:iam::123456789012:role/team/x/app',
    certainty: 'certain',
  });
});

describe('subjectWarnings', () => {
  const role = { kind: 'role', certainty: 'certain' } as const;

  test('a role without a path, and a user with one, are fine', () => {
    expect(subjectWarnings({ ...role, arn: 'arn:aws:iam::123456789012:role/app' })).toEqual([]);
    expect(subjectWarnings(subjectOf('arn:aws:iam::123456789012:user/team/alice'))).toEqual([]);
  });

  test('a role with a path', () => {
    expect(subjectWarnings({ ...role, arn: 'arn:aws:iam::123456789012:role/team/app' })).toEqual([
      {
        code: 'mongo.role-path-lost',
        message:
          'arn:aws:iam::123456789012:role/team/app has a path, but MONGODB-AWS ignores role paths. The login may not find the database user.',
        remedy:
          'For MONGODB-AWS, use a role without a path. Alternatively, use MONGODB-OIDC, which keeps the path.',
      },
    ]);
  });

  test('a role whose name tells of a path', () => {
    const subject = subjectOf('arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_01/alice');
    expect(subjectWarnings(subject).map(({ message }) => message)).toEqual([
      'arn:aws:iam::123456789012:role/AWSReservedSSO_Admin_01 belongs to a role with a path, but MONGODB-AWS ignores role paths. The login may not find the database user.',
    ]);
  });
});

describe('atlasSide', () => {
  const identityProvider = {
    issuer: 'https://issuer.example',
    audience: 'my-atlas',
    userClaim: 'sub',
    authorizationType: 'USER',
  };

  const caller = (arn: string) => ({ subject: subjectOf(arn), source: 'caller' }) as const;

  test.each([
    ['role', 'ROLE', 'arn:aws:sts::123456789012:assumed-role/app/s', 'arn:aws:iam::123456789012:role/app'],
    ['user', 'USER', 'arn:aws:iam::123456789012:user/a/b', 'arn:aws:iam::123456789012:user/a/b'],
  ])('of a %s', (_kind, awsIAMType, callerArn, arn) => {
    expect(atlasSide('https://issuer.example', 'my-atlas', caller(callerArn))).toEqual({
      principal: { arn, source: 'caller' },
      identityProvider,
      oidcUser: { username: `<idpId>/${arn}`, database: '$external', oidcAuthType: 'USER' },
      awsUser: { username: arn, database: '$external', awsIAMType },
    });
  });

  test('of a federated user, who can be none of both', () => {
    expect(atlasSide(null, null, caller('arn:aws:sts::123456789012:federated-user/bob'))).toEqual({
      principal: { arn: null, source: 'caller' },
      identityProvider: { ...identityProvider, issuer: null, audience: null },
      oidcUser: null,
      awsUser: null,
    });
  });

  test('of a workload that nobody named', () => {
    expect(atlasSide(null, null, { subject: null, source: null })).toMatchObject({
      principal: { arn: null, source: null },
      oidcUser: null,
      awsUser: null,
    });
  });

  test('of root, for which Atlas has no type', () => {
    expect(awsUserOf(subjectOf('arn:aws:iam::123456789012:root'))).toBeNull();
  });
});
