import { describe, expect, test } from 'vitest';
import { asRole } from '../../../src/lib/auth/role.ts';
import { type SessionRequest, sessionCredentials } from '../../../src/lib/auth/session-credentials.ts';
import type { ResolvedCredentials } from '../../../src/lib/core/credentials.ts';
import { fakeAws, sessionKeys } from '../../support/fake-aws.ts';
import { memoryContext } from '../../support/memory-context.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const SETTINGS = { timeoutMs: 1000, region: 'eu-west-1' };
const ONE = 'arn:aws:iam::123456789012:role/one';
const TWO = 'arn:aws-us-gov:iam::210987654321:role/path/of/two';
const NONE: SessionRequest = {
  roleArns: [],
  externalId: null,
  sessionName: null,
  tags: [],
  transitiveTagKeys: [],
  sourceIdentity: null,
  durationSeconds: null,
  mfaSerial: null,
};

function world(keys?: ResolvedCredentials, env: Record<string, string> = { USER: 'alice' }) {
  const fake = fakeAws({ now: () => NOW, ...(keys === undefined ? {} : { keys }) });
  return { ...fake, context: memoryContext({ aws: fake.aws, env, pid: 4711 }) };
}

async function fetchSession(changes: Partial<SessionRequest>, keys?: ResolvedCredentials) {
  const { context, calls } = world(keys);
  const session = await sessionCredentials(context, SETTINGS, { ...NONE, ...changes });
  return { session, calls };
}

describe('without a role', () => {
  test('long-term keys are exchanged by GetSessionToken', async () => {
    const { session, calls } = await fetchSession({});
    expect(calls).toEqual([
      { by: 'AKIAALICE', call: 'getCallerIdentity' },
      { by: 'AKIAALICE', call: 'getSessionToken', request: {} },
    ]);
    expect(session).toMatchObject({
      operation: 'GetSessionToken',
      arn: 'arn:aws:iam::123456789012:user/alice',
      credentials: { accessKeyId: 'ASIA-user', expiresAt: new Date('2026-11-23T00:00:00Z') },
      providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
    });
  });

  test('the duration is handed on', async () => {
    const { calls } = await fetchSession({ durationSeconds: 129_600 });
    expect(calls[1]?.request).toEqual({ durationSeconds: 129_600 });
  });

  test('temporary keys are given as they are, proved by a call', async () => {
    const keys = sessionKeys(new Date('2026-11-22T13:00:00Z'));
    const { session, calls } = await fetchSession({}, keys);
    expect(calls).toEqual([{ by: 'ASIASESSION', call: 'getCallerIdentity' }]);
    expect(session).toMatchObject({ operation: 'none', credentials: keys });
  });

  test('a duration cannot be had for temporary keys, and the reason is told', async () => {
    const keys = sessionKeys(new Date('2026-11-22T13:00:00Z'));
    await expect(fetchSession({ durationSeconds: 3600 }, keys)).rejects.toMatchObject({
      code: 'sts.session-credentials',
      message:
        'The credentials from profile "prod" are already session credentials, so --duration is not possible. They expire at 2026-11-22T13:00:00Z.',
      likelyCause:
        'GetSessionToken requires long-term credentials of an IAM user and rejects session credentials.',
    });
  });
});

describe('roles', () => {
  test('a chain is assumed first to last, each with the session before; tags and identity go where they last', async () => {
    const { session, calls } = await fetchSession({
      roleArns: [ONE, TWO],
      externalId: 'ext-1',
      sessionName: 'deploy',
      tags: [
        { key: 'Team', value: 'payments' },
        { key: 'step', value: 'last' },
      ],
      transitiveTagKeys: ['team'],
      sourceIdentity: 'alice',
      durationSeconds: 3600,
    });
    expect(calls).toEqual([
      {
        by: 'AKIAALICE',
        call: 'assumeRole',
        request: {
          roleArn: ONE,
          sessionName: 'deploy',
          externalId: 'ext-1',
          tags: [{ key: 'Team', value: 'payments' }],
          transitiveTagKeys: ['team'],
          sourceIdentity: 'alice',
        },
      },
      {
        by: 'ASIA-one',
        call: 'assumeRole',
        request: {
          roleArn: TWO,
          sessionName: 'deploy',
          externalId: 'ext-1',
          tags: [{ key: 'step', value: 'last' }],
          durationSeconds: 3600,
        },
      },
    ]);
    expect(session).toMatchObject({
      operation: 'AssumeRole',
      arn: 'arn:aws:sts::123456789012:assumed-role/two/deploy',
      credentials: { accessKeyId: 'ASIA-two', expiresAt: new Date('2026-11-22T13:00:00Z') },
      providerDetail: `role ${TWO}, assumed with role ${ONE}, assumed with environment (AWS_ACCESS_KEY_ID)`,
    });
  });

  test.each<[string, Record<string, string>, string]>([
    ['the user', { USER: 'alice' }, 'fedctl-alice'],
    ['a user with a name that AWS does not take', { USER: 'DOMAIN\\al ice' }, 'fedctl-DOMAIN-al-ice'],
    ['a very long user', { LOGNAME: 'x'.repeat(100) }, `fedctl-${'x'.repeat(57)}`],
    ['nobody: the process', { USER: '' }, 'fedctl-4711'],
  ])('the session is named for %s', async (_who, env, name) => {
    const { context, calls } = world(undefined, env);
    await sessionCredentials(context, SETTINGS, { ...NONE, roleArns: [ONE] });
    expect(calls[0]?.request).toEqual({ roleArn: ONE, sessionName: name });
  });
});

describe('refused before any call', () => {
  const roleArns = [ONE];
  const option = (name: string, expected: string) => `Invalid ${name}: expected ${expected}.`;
  const arn = 'the ARN of an IAM role, such as arn:aws:iam::123456789012:role/path/name';
  test.each<[string, Partial<SessionRequest>, string]>([
    ['a name instead of an ARN', { roleArns: ['one'] }, option('--role-arn', arn)],
    [
      'the ARN of a session',
      { roleArns: ['arn:aws:sts::123456789012:assumed-role/one/s'] },
      option('--role-arn', `${arn}; this is a session ARN`),
    ],
    ['the ARN of a user', { roleArns: ['arn:aws:iam::123456789012:user/one'] }, option('--role-arn', arn)],
    ['a short account', { roleArns: ['arn:aws:iam::12345678901:role/one'] }, option('--role-arn', arn)],
    ['an ARN with a line break', { roleArns: [`${ONE}\n`] }, option('--role-arn', arn)],
    ['a second role that is none', { roleArns: [ONE, 'x'] }, option('--role-arn', arn)],
    [
      'a session name of one character',
      { roleArns, sessionName: 'x' },
      option('--session-name', '2 to 64 characters from A-Z, a-z, 0-9 and _+=,.@-'),
    ],
    [
      'an external id with a space',
      { roleArns, externalId: 'a b' },
      option('--external-id', '2 to 1224 characters from A-Z, a-z, 0-9 and _+=,.@:/-'),
    ],
    [
      'a source identity with a colon',
      { roleArns, sourceIdentity: 'aws:me' },
      option('--source-identity', '2 to 64 characters from A-Z, a-z, 0-9 and _+=,.@-'),
    ],
    [
      'a transitive tag that is not set',
      { roleArns, tags: [{ key: 'a', value: '' }], transitiveTagKeys: ['A', 'b'] },
      'Transitive tag 2 is not the key of a session tag.',
    ],
    [
      'tags that are the same but for their case',
      {
        roleArns,
        tags: [
          { key: 'a', value: '' },
          { key: 'A', value: '' },
        ],
      },
      'Tags 1 and 2 have the same key. AWS ignores case in tag keys.',
    ],
    [
      'a role for ten minutes',
      { roleArns, durationSeconds: 600 },
      'Invalid duration 10 min: a session of a role is valid for 15 min to 12 h.',
    ],
    [
      'a user for two days',
      { durationSeconds: 172_800 },
      'Invalid duration 2 d: a session of a user is valid for 15 min to 1 d 12 h.',
    ],
  ])('%s', async (_what, changes, message) => {
    const { context, calls, settings } = world();
    await expect(sessionCredentials(context, SETTINGS, { ...NONE, ...changes })).rejects.toMatchObject({
      code: 'usage.invalid-value',
      message,
    });
    expect([calls, settings]).toEqual([[], []]);
  });

  test('a chained role for more than an hour, with the reason', async () => {
    await expect(fetchSession({ roleArns: [ONE, TWO], durationSeconds: 7200 })).rejects.toMatchObject({
      code: 'sts.duration-refused',
      message:
        'Invalid duration 2 h: the last of 2 roles is assumed from another role, so its session is valid for 1 h at most.',
      likelyCause:
        'AWS limits the session of a role that was assumed from another role (role chaining) to one hour.',
    });
    const { calls } = await fetchSession({ roleArns: [ONE], durationSeconds: 43_200 });
    expect(calls[0]?.request).toMatchObject({ durationSeconds: 43_200 });
  });
});

test('asRole carries the role on, and leaves profile and Region as they were', async () => {
  const { context, calls } = world();
  const settings = await asRole(
    context,
    { ...SETTINGS, profile: 'prod' },
    { roleArn: ONE, externalId: null, sessionName: null, mfaSerial: null },
  );
  expect(calls).toEqual([
    { by: 'AKIAALICE', call: 'assumeRole', request: { roleArn: ONE, sessionName: 'fedctl-alice' } },
  ]);
  expect(settings).toMatchObject({
    timeoutMs: 1000,
    region: 'eu-west-1',
    profile: 'prod',
    credentials: {
      accessKeyId: 'ASIA-one',
      provider: 'assumed-role',
      providerDetail: `role ${ONE}, assumed with environment (AWS_ACCESS_KEY_ID)`,
    },
  });
});
