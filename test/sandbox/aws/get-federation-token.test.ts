import { GetOutboundWebIdentityFederationInfoCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  type GetFederationTokenCommandInput,
  GetSessionTokenCommand,
  GetWebIdentityTokenCommand,
} from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rfc3339 } from '../../../src/lib/core/time.ts';
import type { LabSession, LabUser } from '../../../src/sandbox/aws/identities.ts';
import { type LabUnderTest, OWN_ACCOUNT, refusalOf, startLabAws } from '../../support/lab-aws.ts';

const ARN = 'arn:aws:sts::123456789012:federated-user/bob';

let lab: LabUnderTest;
beforeAll(async () => {
  lab = await startLabAws();
  lab.world.setFederation(OWN_ACCOUNT, true);
});
afterAll(() => lab.aws.close());

const operator = () => lab.world.user('operator');

async function federate(
  input: Partial<GetFederationTokenCommandInput> = {},
  keys: LabUser | LabSession = operator(),
) {
  const { $metadata: _, ...answer } = await lab
    .sts(keys)
    .send(new GetFederationTokenCommand({ Name: 'bob', ...input }));
  return { answer, session: lab.session(answer) };
}

describe('GetFederationToken', () => {
  test('gives long-term keys twelve hours for a federated user', async () => {
    const { answer, session } = await federate();
    expect(answer).toEqual({
      Credentials: {
        AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
        SecretAccessKey: session.secretAccessKey.reveal(),
        SessionToken: session.sessionToken.reveal(),
        Expiration: session.expiresAt,
      },
      FederatedUser: { Arn: ARN, FederatedUserId: '123456789012:bob' },
    });
    const left = (session.expiresAt.getTime() - lab.now().getTime()) / 1000;
    expect(Math.abs(left - 43_200)).toBeLessThanOrEqual(2);
    expect(lab.lastEntry()?.reason).toBe(
      `session ${session.accessKeyId} of ${ARN} until ${rfc3339(session.expiresAt)}`,
    );
  });

  test('takes a policy, tags and a duration', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    });
    const { answer, session } = await federate({
      Policy,
      Tags: [{ Key: 'team', Value: 'x' }],
      DurationSeconds: 129_600,
    });
    expect(session.tags).toEqual({ team: 'x' });
    expect(answer.PackedPolicySize).toBe(Math.ceil((100 * (Policy.length + 'teamx'.length)) / 4096));
  });

  test('refuses more tags than a session has space for', async () => {
    const tags = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ Key: `k${index}`, Value: 'v'.repeat(256) }));
    expect((await federate({ Tags: tags(15) })).answer.PackedPolicySize).toBe(95);
    expect(await refusalOf(federate({ Tags: tags(16) }))).toEqual({
      name: 'PackedPolicyTooLargeException',
      code: 'PackedPolicyTooLarge',
      status: 400,
      message: 'Packed size of session tags consumes 101% of allotted space.',
    });
  });

  test.each<[string, Partial<GetFederationTokenCommandInput>, string, RegExp]>([
    ['a name of one character', { Name: 'b' }, 'ValidationError', /'name'.*greater than or equal to 2$/],
    ['a name of 33', { Name: 'b'.repeat(33) }, 'ValidationError', /'name'.*less than or equal to 32$/],
    ['a name with a slash', { Name: 'a/b' }, 'ValidationError', /pattern: \[\\w\+=,\.@-\]\*$/],
    ['no name', { Name: undefined }, 'ValidationError', /Value null at 'name'/],
    [
      '899 seconds',
      { DurationSeconds: 899 },
      'ValidationError',
      /'durationSeconds'.*greater than or equal to 900$/,
    ],
    ['129601 seconds', { DurationSeconds: 129_601 }, 'ValidationError', /less than or equal to 129600$/],
    [
      'a policy of 2049 characters',
      { Policy: `"${'x'.repeat(2047)}"` },
      'ValidationError',
      /'policy'.*2048$/,
    ],
    [
      'a policy that is not JSON',
      { Policy: '{' },
      'MalformedPolicyDocument',
      /^This policy contains invalid Json$/,
    ],
    [
      'a policy that is a list',
      { Policy: '[]' },
      'MalformedPolicyDocument',
      /^This policy contains invalid Json$/,
    ],
    [
      'tags that differ in case',
      {
        Tags: [
          { Key: 'a', Value: '' },
          { Key: 'A', Value: '' },
        ],
      },
      'InvalidParameterValue',
      /^Duplicate tag keys/,
    ],
  ])('refuses %s', async (_what, input, code, message) => {
    expect(await refusalOf(federate(input))).toMatchObject({
      code,
      status: 400,
      message: expect.stringMatching(message),
    });
  });

  test('takes long-term keys only', async () => {
    const refusal = {
      name: 'AccessDenied',
      code: 'AccessDenied',
      status: 403,
      message: 'Cannot call GetFederationToken with session credentials',
    };
    const expiresAt = new Date(lab.now().getTime() + 3_600_000);
    for (const session of [
      lab.world.createSession({ principal: operator(), expiresAt }),
      lab.world.createSession({ principal: lab.world.role('app'), expiresAt }),
      (await federate()).session,
    ]) {
      expect(await refusalOf(federate({}, session))).toEqual(refusal);
    }
  });
});

describe('a federated user', () => {
  test('can say who it is', async () => {
    const { session } = await federate();
    const { $metadata: _, ...identity } = await lab.sts(session).send(new GetCallerIdentityCommand());
    expect(identity).toEqual({ Arn: ARN, UserId: '123456789012:bob', Account: '123456789012' });
  });

  test('can mint no token, and is told so before anything else is looked at', async () => {
    const { session } = await federate({ DurationSeconds: 900 });
    const mint = (DurationSeconds: number) =>
      refusalOf(
        lab
          .sts(session)
          .send(
            new GetWebIdentityTokenCommand({ Audience: ['x'], SigningAlgorithm: 'RS256', DurationSeconds }),
          ),
      );
    expect(await mint(3600)).toEqual({
      name: 'AccessDenied',
      code: 'AccessDenied',
      status: 403,
      message: 'GetWebIdentityToken does not support federated user sessions',
    });
    expect(lab.lastEntry()).toMatchObject({
      principal: ARN,
      reason: `AccessDenied: ${ARN} is a session from GetFederationToken`,
    });
    // A parameter that cannot be comes first (facts/aws.md 2.3).
    expect(await mint(59)).toMatchObject({ code: 'ValidationError' });
  });

  test('can call nothing else of STS, and no IAM', async () => {
    const { session } = await federate();
    const role = 'arn:aws:iam::123456789012:role/app';
    expect(
      await refusalOf(
        lab.sts(session).send(new AssumeRoleCommand({ RoleArn: role, RoleSessionName: 'job' })),
      ),
    ).toMatchObject({
      code: 'AccessDenied',
      message: `User: ${ARN} is not authorized to perform: sts:AssumeRole on resource: ${role}`,
    });
    expect(await refusalOf(lab.sts(session).send(new GetSessionTokenCommand()))).toMatchObject({
      code: 'AccessDenied',
    });
    expect(
      await refusalOf(lab.iam(session).send(new GetOutboundWebIdentityFederationInfoCommand())),
    ).toMatchObject({ code: 'InvalidClientTokenId', status: 403 });
    expect(lab.lastEntry()?.reason).toBe('InvalidClientTokenId: a federated user cannot call IAM');
  });
});
