import { describe, expect, test } from 'vitest';
import { decideArn, iamNameOf } from '../../../src/lib/trust/decide-arn.ts';
import { refusalText } from '../../../src/lib/trust/refusal.ts';
import type { DatabaseUser } from '../../../src/lib/trust/relying-party.ts';

const ROLE = 'arn:aws:iam::123456789012:role/app';
const SESSION = 'arn:aws:sts::123456789012:assumed-role/app/i-0123';
const ALICE = 'arn:aws:iam::123456789012:user/staff/alice';

function user(username: string, awsIAMType: DatabaseUser['awsIAMType']): DatabaseUser {
  return {
    username,
    database: '$external',
    oidcAuthType: 'NONE',
    awsIAMType,
    roles: [{ role: 'read', db: 'app' }],
  };
}

describe('the name of a database user', () => {
  test.each([
    [SESSION, { username: ROLE, awsIAMType: 'ROLE' }],
    [
      'arn:aws-cn:sts::123456789012:assumed-role/app/x',
      { username: 'arn:aws-cn:iam::123456789012:role/app', awsIAMType: 'ROLE' },
    ],
    [ALICE, { username: ALICE, awsIAMType: 'USER' }],
    ['arn:aws:iam::123456789012:root', null],
    ['arn:aws:sts::123456789012:federated-user/bob', null],
    ['arn:aws:sts::123456789012:assumed-role/app', null],
    ['arn:aws:sts::12345:assumed-role/app/x', null],
    ['', null],
  ])('for %s', (arn, name) => {
    expect(iamNameOf(arn)).toEqual(name);
  });
});

describe('an ARN is accepted', () => {
  test('of a session, for the role without its path', () => {
    expect(decideArn(SESSION, [user(ROLE, 'ROLE')])).toEqual({
      accepted: true,
      principal: { username: ROLE, roles: [{ role: 'read', db: 'app' }] },
    });
  });

  test('of a user, path included', () => {
    expect(decideArn(ALICE, [user(ALICE, 'USER')])).toEqual({
      accepted: true,
      principal: { username: ALICE, roles: [{ role: 'read', db: 'app' }] },
    });
  });
});

describe('an ARN is refused', () => {
  test.each([
    {
      name: 'without a database user',
      arn: SESSION,
      users: [],
      text: `no database user "${ROLE}" in $external`,
    },
    {
      name: 'when the user was made with the path of the role, which a session does not tell',
      arn: SESSION,
      users: [user('arn:aws:iam::123456789012:role/team/app', 'ROLE')],
      text: `no database user "${ROLE}" in $external; similar: "arn:aws:iam::123456789012:role/team/app"`,
    },
    {
      name: 'when the user was made for the session',
      arn: SESSION,
      users: [user(SESSION, 'ROLE')],
      text: `no database user "${ROLE}" in $external; similar: "${SESSION}"`,
    },
    {
      name: 'when the same role is of another account',
      arn: SESSION,
      users: [user('arn:aws:iam::999999999999:role/app', 'ROLE')],
      text: `no database user "${ROLE}" in $external`,
    },
    {
      name: 'when a role was made as a user',
      arn: SESSION,
      users: [user(ROLE, 'USER')],
      text: `the database user "${ROLE}" has awsIAMType USER, not ROLE`,
    },
    {
      name: 'when a user was made as a role',
      arn: ALICE,
      users: [user(ALICE, 'ROLE')],
      text: `the database user "${ALICE}" has awsIAMType ROLE, not USER`,
    },
    {
      name: 'when the user is in another database',
      arn: ALICE,
      users: [{ ...user(ALICE, 'USER'), database: 'admin' }],
      text: `the database user "${ALICE}" is in the database "admin", not in "$external"`,
    },
    {
      name: 'of the root of an account',
      arn: 'arn:aws:iam::123456789012:root',
      users: [user('arn:aws:iam::123456789012:root', 'USER')],
      text: '"arn:aws:iam::123456789012:root" is not the ARN of an IAM user or role',
    },
  ])('$name', ({ arn, users, text }) => {
    const decision = decideArn(arn, users);
    expect(decision.accepted ? 'accepted' : refusalText(decision.refusal)).toBe(text);
  });
});
