import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  GetCallerIdentityCommand,
  GetDelegatedAccessTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rfc3339 } from '../../../src/lib/core/time.ts';
import type { LabSession, LabUser } from '../../../src/sandbox/aws/identities.ts';
import { callerOf, principalTags } from '../../../src/sandbox/aws/identities.ts';
import { credentialsOf, type LabUnderTest, refusalOf, startLabAws } from '../../support/lab-aws.ts';

const APP = 'arn:aws:iam::123456789012:role/app';
const ETL = 'arn:aws:iam::123456789012:role/team/data/etl';
const EXTERNAL_ID = 'lab-external-id';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
});
afterAll(() => lab.aws.close());

const operator = () => lab.world.user('operator');

async function whoAmI(keys: LabUser | LabSession) {
  const { $metadata, ...identity } = await lab.sts(keys).send(new GetCallerIdentityCommand());
  return { identity, requestId: $metadata.requestId };
}

async function assume(input: Partial<AssumeRoleCommandInput>, keys: LabUser | LabSession = operator()) {
  const sts = lab.sts(keys);
  const { $metadata: _, ...answer } = await sts.send(
    new AssumeRoleCommand({ RoleArn: APP, RoleSessionName: 'job-1', ...input }),
  );
  return { answer, session: lab.session(answer) };
}

function secondsLeft(session: LabSession): number {
  return Math.round((session.expiresAt.getTime() - Date.now()) / 1000);
}

describe('GetCallerIdentity', () => {
  it('answers everybody, also who may do nothing, with a request id', async () => {
    const user = lab.world.user('no-mint');
    const { identity, requestId } = await whoAmI(user);
    expect(identity).toEqual({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/no-mint',
      UserId: user.id,
    });
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('shows a role session without the path of the role', async () => {
    const { session } = await assume({ RoleArn: ETL, ExternalId: EXTERNAL_ID });
    expect((await whoAmI(session)).identity).toEqual({
      Account: '123456789012',
      Arn: 'arn:aws:sts::123456789012:assumed-role/etl/job-1',
      UserId: `${lab.world.role('etl').id}:job-1`,
    });
  });
});

describe('GetSessionToken', () => {
  async function getSession(seconds?: number, keys: LabUser | LabSession = operator()) {
    const sts = lab.sts(keys);
    const { Credentials } = await sts.send(new GetSessionTokenCommand({ DurationSeconds: seconds }));
    return { Credentials, session: lab.session({ Credentials }) };
  }

  it('gives a user twelve hours, under the same name', async () => {
    const { Credentials, session } = await getSession();
    expect(Credentials).toEqual({
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: session.secretAccessKey.reveal(),
      SessionToken: session.sessionToken.reveal(),
      Expiration: session.expiresAt,
    });
    expect(Math.abs(secondsLeft(session) - 43_200)).toBeLessThanOrEqual(2);
    expect((await whoAmI(session)).identity.Arn).toBe('arn:aws:iam::123456789012:user/operator');
    expect(lab.log.entries()).toContainEqual(
      expect.objectContaining({
        action: 'GetSessionToken',
        decision: 'allowed',
        reason: `session ${session.accessKeyId} of arn:aws:iam::123456789012:user/operator until ${rfc3339(session.expiresAt)}`,
      }),
    );
  });

  it('needs no permission, and keeps its limits', async () => {
    await getSession(900, lab.world.user('no-mint'));
    await getSession(129_600);
    expect(await refusalOf(getSession(899))).toEqual({
      name: 'ValidationError',
      code: 'ValidationError',
      status: 400,
      message:
        "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
    });
    expect(await refusalOf(getSession(129_601))).toMatchObject({
      message: expect.stringContaining('less than or equal to 129600'),
    });
  });

  it('refuses session credentials, of a user and of a role', async () => {
    const refusal = {
      name: 'AccessDenied',
      code: 'AccessDenied',
      status: 403,
      message: 'Cannot call GetSessionToken with session credentials',
    };
    const { session } = await getSession();
    expect(await refusalOf(getSession(900, session))).toEqual(refusal);
    expect(await refusalOf(getSession(900, (await assume({})).session))).toEqual(refusal);
  });

  it('pads the session token on request', async () => {
    const sts = lab.sts(operator());
    const { Credentials } = await sts.send(new GetSessionTokenCommand({ MinimumSessionTokenSize: 4096 }));
    expect(Credentials?.SessionToken).toHaveLength(4096);
    expect((await whoAmI(lab.session({ Credentials }))).identity.Account).toBe('123456789012');
  });

  it('refuses an MFA code of a user without a device', async () => {
    const sts = lab.sts(operator());
    const input = { SerialNumber: 'arn:aws:iam::123456789012:mfa/operator', TokenCode: '123456' };
    expect(await refusalOf(sts.send(new GetSessionTokenCommand(input)))).toEqual({
      name: 'AccessDenied',
      code: 'AccessDenied',
      status: 403,
      message:
        'MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is ' +
        'valid and associated with this user.',
    });
  });
});

describe('AssumeRole', () => {
  const denied = (action: string, roleArn: string, arn = 'arn:aws:iam::123456789012:user/operator') => ({
    name: 'AccessDenied',
    code: 'AccessDenied',
    status: 403,
    message: `User: ${arn} is not authorized to perform: ${action} on resource: ${roleArn}`,
  });
  const tooLong = (message: string) => ({
    name: 'ValidationError',
    code: 'ValidationError',
    status: 400,
    message,
  });

  it('gives an hour of the role to whom it trusts', async () => {
    const { answer, session } = await assume({});
    expect(answer).toEqual({
      AssumedRoleUser: {
        Arn: 'arn:aws:sts::123456789012:assumed-role/app/job-1',
        AssumedRoleId: `${lab.world.role('app').id}:job-1`,
      },
      Credentials: {
        AccessKeyId: session.accessKeyId,
        SecretAccessKey: session.secretAccessKey.reveal(),
        SessionToken: session.sessionToken.reveal(),
        Expiration: session.expiresAt,
      },
    });
    expect(Math.abs(secondsLeft(session) - 3600)).toBeLessThanOrEqual(2);
  });

  it('says the same sentence for a wrong external id, a foreign trust and a role that is not there', async () => {
    const log: (string | undefined)[] = [];
    const refused = async (input: Partial<AssumeRoleCommandInput>, keys?: LabUser) => {
      const refusal = await refusalOf(assume(input, keys));
      log.push(lab.lastEntry()?.reason);
      return refusal;
    };
    expect(await refused({ RoleArn: ETL })).toEqual(denied('sts:AssumeRole', ETL));
    expect(await refused({ RoleArn: ETL, ExternalId: 'lab-external-ie' })).toEqual(
      denied('sts:AssumeRole', ETL),
    );
    const nowhere = 'arn:aws:iam::123456789012:role/nowhere';
    expect(await refused({ RoleArn: nowhere })).toEqual(denied('sts:AssumeRole', nowhere));
    expect(await refused({}, lab.world.user('org-operator'))).toEqual(
      denied('sts:AssumeRole', APP, 'arn:aws:iam::210987654321:user/org-operator'),
    );
    expect(await refused({}, lab.world.user('no-mint'))).toEqual(
      denied('sts:AssumeRole', APP, 'arn:aws:iam::123456789012:user/no-mint'),
    );
    expect(log).toEqual([
      `AccessDenied: no trust policy allows sts:AssumeRole on ${ETL}; statement 1 of trust policy etl requires sts:ExternalId StringEquals "lab-external-id", and the request has no such key`,
      `AccessDenied: no trust policy allows sts:AssumeRole on ${ETL}; statement 1 of trust policy etl requires sts:ExternalId StringEquals "lab-external-id", and the request has "lab-external-ie"`,
      'AccessDenied: the role arn:aws:iam::123456789012:role/nowhere does not exist',
      `AccessDenied: no trust policy allows sts:AssumeRole on ${APP}; statement 1 of trust policy app does not name arn:aws:iam::210987654321:user/org-operator`,
      `AccessDenied: no trust policy allows sts:AssumeRole on ${APP}; statement 1 of trust policy app does not name arn:aws:iam::123456789012:user/no-mint`,
    ]);
  });

  it('keeps to the role’s longest session, and to an hour where roles are chained', async () => {
    expect(await refusalOf(assume({ DurationSeconds: 3601 }))).toEqual(
      tooLong('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.'),
    );
    const etl = { RoleArn: ETL, ExternalId: EXTERNAL_ID };
    expect(
      Math.abs(secondsLeft((await assume({ ...etl, DurationSeconds: 43_200 })).session) - 43_200),
    ).toBeLessThan(3);
    const { session: app } = await assume({});
    expect(await refusalOf(assume({ ...etl, DurationSeconds: 3601 }, app))).toEqual(
      tooLong(
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      ),
    );
    await assume({ ...etl, DurationSeconds: 3600 }, app);
    const user = lab.world.createSession({
      principal: operator(),
      expiresAt: new Date(Date.now() + 900_000),
    });
    await assume({ ...etl, DurationSeconds: 43_200 }, user);
  });

  it('carries transitive tags and the source identity on, and lets nobody change them', async () => {
    const { session: app } = await assume({
      Tags: [
        { Key: 'Project', Value: 'a b' },
        { Key: 'stage', Value: 'only here' },
      ],
      TransitiveTagKeys: ['Project'],
      SourceIdentity: 'alice',
    });
    expect(app.sourceIdentity).toBe('alice');
    const etl = { RoleArn: ETL, ExternalId: EXTERNAL_ID };
    const { answer, session } = await assume({ ...etl, Tags: [{ Key: 'team', Value: 'x' }] }, app);
    expect(answer.SourceIdentity).toBe('alice');
    expect(principalTags(callerOf(session))).toEqual({ Stage: 'lab', Project: 'a b', team: 'x' });
    expect(await refusalOf(assume({ ...etl, Tags: [{ Key: 'project', Value: 'b' }] }, app))).toEqual({
      name: 'InvalidParameterValue',
      code: 'InvalidParameterValue',
      status: 400,
      message:
        "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from " +
        'the calling session.',
    });
    expect(await refusalOf(assume({ ...etl, SourceIdentity: 'bob' }, app))).toEqual(
      denied('sts:SetSourceIdentity', ETL, 'arn:aws:sts::123456789012:assumed-role/app/job-1'),
    );
  });

  it.each([
    [
      'a session name with a space',
      { RoleSessionName: 'a b' },
      "1 validation error detected: Value 'a b' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*",
    ],
    [
      'a session name of one character',
      { RoleSessionName: 'a' },
      "1 validation error detected: Value 'a' at 'roleSessionName' failed to satisfy constraint: Member must have length greater than or equal to 2",
    ],
    [
      'what is no ARN of a role',
      { RoleArn: 'arn:aws:iam::123456789012:user/x' },
      'arn:aws:iam::123456789012:user/x is invalid',
    ],
    [
      'more than twelve hours',
      { DurationSeconds: 43_201 },
      "1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
    ],
  ])('refuses %s', async (_what, input, message) => {
    expect(await refusalOf(assume(input))).toEqual(tooLong(message));
  });

  it('refuses what it could only ignore: managed session policies', async () => {
    const arn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
    expect(await refusalOf(assume({ PolicyArns: [{ arn }] }))).toEqual({
      name: 'InvalidParameterValue',
      code: 'InvalidParameterValue',
      status: 400,
      message: 'The fedctl lab does not evaluate PolicyArns yet.',
    });
  });

  it('refuses a transitive key that is no tag of the request', async () => {
    expect(await refusalOf(assume({ TransitiveTagKeys: ['x'] }))).toMatchObject({
      code: 'InvalidParameterValue',
      message: 'The specified transitive tag key must be included in the requested tags.',
    });
  });
});

it('says InvalidAction for what the lab does not play yet', async () => {
  const sts = lab.sts(operator());
  expect(await refusalOf(sts.send(new GetDelegatedAccessTokenCommand({ TradeInToken: 'x' })))).toEqual({
    name: 'InvalidAction',
    code: 'InvalidAction',
    status: 400,
    message: 'Could not find operation GetDelegatedAccessToken for version 2011-06-15',
  });
});

it('tells the SDK its time, so that the SDK mends its clock and signs again', async () => {
  lab.clock.offset = 3_600_000;
  try {
    const patient = new STSClient({
      region: 'eu-west-1',
      endpoint: lab.aws.stsUrl,
      credentials: credentialsOf(operator()),
    });
    const { Account, $metadata } = await patient.send(new GetCallerIdentityCommand());
    expect([Account, $metadata.attempts]).toEqual(['123456789012', 2]);
  } finally {
    lab.clock.offset = 0;
  }
});
