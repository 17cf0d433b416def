import { describe, expect, test } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import { awsAnswer, awsRefusal, byAction, IDENTITY, wireCredentials } from '../../support/aws-answers.ts';
import { type CannedAnswer, loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' };

/** Runs against a server with these answers. */
async function withAws(
  answers: Readonly<Record<string, CannedAnswer | null>>,
  use: (
    aws: Awaited<ReturnType<typeof createAws>>,
    seen: () => Record<string, string>,
    signal: AbortSignal,
  ) => Promise<void>,
) {
  await using server = await loopbackServer(byAction(answers));
  const context = memoryContext({ env: { ...KEYS, AWS_ENDPOINT_URL: server.url } });
  const aws = await createAws({ timeoutMs: 5000 }, context);
  await use(
    aws,
    () => Object.fromEntries(new URLSearchParams(server.requests.at(-1)?.body ?? '')),
    context.signal,
  );
}

describe('STS', () => {
  test('GetCallerIdentity, signed for the Region and named in the user agent', async () => {
    await using server = await loopbackServer(byAction({ GetCallerIdentity: IDENTITY }));
    const context = memoryContext({ env: { ...KEYS, AWS_ENDPOINT_URL_STS: server.url } });
    const sts = await (await createAws({ timeoutMs: 5000 }, context)).sts();
    expect(await sts.getCallerIdentity(context.signal)).toEqual({
      account: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/ada',
      userId: 'AIDAEXAMPLE',
    });
    expect([sts.region, sts.endpoint]).toEqual(['eu-west-1', server.url]);
    const { headers } = server.requests[0] ?? {};
    expect(headers?.authorization).toMatch(/Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/sts\/aws4_request/);
    expect(headers?.['user-agent']).toContain('fedctl/0.0.0-test');
  });

  test('GetWebIdentityToken sends what was asked for, and nothing empty', async () => {
    const answer = awsAnswer(
      'GetWebIdentityToken',
      '<WebIdentityToken>h.p.s</WebIdentityToken><Expiration>2026-11-22T12:05:00.507Z</Expiration>',
    );
    await withAws({ GetWebIdentityToken: answer }, async (aws, seen, signal) => {
      const sts = await aws.sts();
      const request = { signingAlgorithm: 'ES384', durationSeconds: 300 } as const;
      const vended = await sts.getWebIdentityToken({ ...request, audience: ['a b', 'ü'], tags: [] }, signal);
      expect([vended.token.reveal(), vended.expiresAt]).toEqual([
        'h.p.s',
        new Date('2026-11-22T12:05:00.507Z'),
      ]);
      expect(seen()).toEqual({
        Action: 'GetWebIdentityToken',
        Version: '2011-06-15',
        'Audience.member.1': 'a b',
        'Audience.member.2': 'ü',
        SigningAlgorithm: 'ES384',
        DurationSeconds: '300',
      });
      await sts.getWebIdentityToken({ ...request, audience: ['a'], tags: [{ key: 'k', value: '' }] }, signal);
      expect(seen()).toMatchObject({ 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': '' });
    });
  });

  test('GetSessionToken and AssumeRole give credentials', async () => {
    await withAws(
      {
        GetSessionToken: awsAnswer('GetSessionToken', wireCredentials('ASIASESSION')),
        AssumeRole: awsAnswer(
          'AssumeRole',
          `<AssumedRoleUser><Arn>arn:aws:sts::1:assumed-role/r/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>${wireCredentials('ASIAROLE')}`,
        ),
      },
      async (aws, seen, signal) => {
        const sts = await aws.sts();
        const session = await sts.getSessionToken({ durationSeconds: 900 }, signal);
        expect([
          session.accessKeyId,
          session.secretAccessKey.reveal(),
          session.sessionToken?.reveal(),
        ]).toEqual(['ASIASESSION', 'secret of ASIASESSION', 'token of ASIASESSION']);
        expect(session.expiresAt).toEqual(new Date('2026-11-22T13:00:00Z'));
        expect(seen()).toEqual({ Action: 'GetSessionToken', Version: '2011-06-15', DurationSeconds: '900' });
        const role = await sts.assumeRole(
          {
            roleArn: 'arn:aws:iam::1:role/r',
            sessionName: 's',
            externalId: 'x',
            sourceIdentity: 'ada',
            durationSeconds: 3600,
            tags: [{ key: 'team', value: 'data' }],
            transitiveTagKeys: ['team'],
          },
          signal,
        );
        expect([role.arn, role.credentials.accessKeyId]).toEqual([
          'arn:aws:sts::1:assumed-role/r/s',
          'ASIAROLE',
        ]);
        expect(seen()).toEqual({
          Action: 'AssumeRole',
          Version: '2011-06-15',
          RoleArn: 'arn:aws:iam::1:role/r',
          RoleSessionName: 's',
          ExternalId: 'x',
          SourceIdentity: 'ada',
          DurationSeconds: '3600',
          'Tags.member.1.Key': 'team',
          'Tags.member.1.Value': 'data',
          'TransitiveTagKeys.member.1': 'team',
        });
      },
    );
  });

  test('given credentials are used as they are, with their session token', async () => {
    await using server = await loopbackServer(byAction({ GetCallerIdentity: IDENTITY }));
    const context = memoryContext({ env: { AWS_ENDPOINT_URL: server.url, AWS_REGION: 'eu-west-1' } });
    const credentials = {
      accessKeyId: 'ASIAGIVEN',
      secretAccessKey: new Secret('s'),
      sessionToken: new Secret('the session'),
      expiresAt: null,
      provider: 'assumed-role',
      providerDetail: 'role r',
    } as const;
    const aws = await createAws({ timeoutMs: 5000, credentials }, context);
    await (await aws.sts()).getCallerIdentity(context.signal);
    expect(server.requests[0]?.headers['x-amz-security-token']).toBe('the session');
    expect(await aws.credentials(context.signal)).toBe(credentials);
  });
});

describe('the switch in IAM', () => {
  const ISSUER = 'https://abc.tokens.sts.global.api.aws';
  const Enable = 'EnableOutboundWebIdentityFederation';
  const Disable = 'DisableOutboundWebIdentityFederation';
  const Info = 'GetOutboundWebIdentityFederationInfo';

  test('enable tells the issuer', async () => {
    const answer = awsAnswer(Enable, `<IssuerIdentifier>${ISSUER}</IssuerIdentifier>`);
    await withAws({ [Enable]: answer }, async (aws, seen, signal) => {
      expect(await (await aws.iam()).enableOutboundFederation(signal)).toEqual({
        changed: true,
        issuer: ISSUER,
      });
      expect(seen()).toEqual({ Action: Enable, Version: '2010-05-08' });
    });
  });

  test.each(['FeatureEnabled', 'FeatureEnabledException'])(
    'a second enable is no failure (%s)',
    async (code) => {
      await withAws({ [Enable]: awsRefusal(409, code, 'already enabled') }, async (aws, _seen, signal) => {
        expect(await (await aws.iam()).enableOutboundFederation(signal)).toEqual({
          changed: false,
          issuer: null,
        });
      });
    },
  );

  test('disable, and again', async () => {
    await withAws({ [Disable]: awsAnswer(Disable, '') }, async (aws, _seen, signal) => {
      expect(await (await aws.iam()).disableOutboundFederation(signal)).toEqual({ changed: true });
    });
    await withAws({ [Disable]: awsRefusal(404, 'FeatureDisabled', 'off') }, async (aws, _seen, signal) => {
      expect(await (await aws.iam()).disableOutboundFederation(signal)).toEqual({ changed: false });
    });
  });

  test('a page that a portal answers with is no disable', async () => {
    const page = { headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' };
    await withAws({ [Disable]: page }, async (aws, _seen, signal) => {
      await expect((await aws.iam()).disableOutboundFederation(signal)).rejects.toMatchObject({
        code: 'aws.not-aws',
      });
    });
  });

  test.each<[string, CannedAnswer, object]>([
    [
      'enabled',
      awsAnswer(
        Info,
        `<IssuerIdentifier>${ISSUER}</IssuerIdentifier><JwtVendingEnabled>true</JwtVendingEnabled>`,
      ),
      { enabled: true, issuer: ISSUER },
    ],
    ['disabled', awsRefusal(404, 'FeatureDisabled', 'off'), { enabled: false, issuer: null }],
    [
      'disabled, as documented',
      awsAnswer(
        Info,
        `<IssuerIdentifier>${ISSUER}</IssuerIdentifier><JwtVendingEnabled>false</JwtVendingEnabled>`,
      ),
      { enabled: false, issuer: ISSUER },
    ],
  ])('info: %s', async (_, answer, expected) => {
    await withAws({ [Info]: answer }, async (aws, _seen, signal) => {
      expect(await (await aws.iam()).outboundFederationInfo(signal)).toEqual(expected);
    });
  });
});

describe('the endpoint is the one that is really asked', () => {
  test.each<[Record<string, string>, string, string]>([
    [{ AWS_REGION: 'eu-west-1' }, 'https://sts.eu-west-1.amazonaws.com', 'https://iam.amazonaws.com'],
    [{ AWS_REGION: 'us-east-1' }, 'https://sts.us-east-1.amazonaws.com', 'https://iam.amazonaws.com'],
    [
      { AWS_REGION: 'cn-north-1' },
      'https://sts.cn-north-1.amazonaws.com.cn',
      'https://iam.cn-north-1.amazonaws.com.cn',
    ],
    [
      { AWS_REGION: 'us-gov-west-1', AWS_USE_FIPS_ENDPOINT: 'true' },
      'https://sts.us-gov-west-1.amazonaws.com',
      'https://iam.us-gov.amazonaws.com',
    ],
    [
      { AWS_REGION: 'eu-west-1', AWS_USE_DUALSTACK_ENDPOINT: 'true' },
      'https://sts.eu-west-1.api.aws',
      'https://iam.global.api.aws',
    ],
  ])('%j', async (env, sts, iam) => {
    const aws = await createAws({ timeoutMs: 5000 }, memoryContext({ env }));
    expect([(await aws.sts()).endpoint, (await aws.iam()).endpoint]).toEqual([sts, iam]);
  });

  test('FIPS and an override exclude each other', async () => {
    const env = { ...KEYS, AWS_USE_FIPS_ENDPOINT: 'true', AWS_ENDPOINT_URL: 'https://vpce.example' };
    const aws = await createAws({ timeoutMs: 5000 }, memoryContext({ env }));
    await expect(aws.sts()).rejects.toMatchObject({
      code: 'aws.endpoint-invalid',
      message:
        'AWS_USE_FIPS_ENDPOINT and AWS_ENDPOINT_URL are mutually exclusive: the configured endpoint (https://vpce.example) cannot also be the FIPS endpoint of AWS.',
      likelyCause: 'AWS clients reject FIPS endpoints together with a custom endpoint.',
      remedy: 'Unset AWS_USE_FIPS_ENDPOINT, or unset AWS_ENDPOINT_URL.',
    });
  });
});
