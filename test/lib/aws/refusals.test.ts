import { describe, expect, test } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import type { ResolvedCredentials } from '../../../src/lib/core/credentials.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { Aws } from '../../../src/lib/ports/aws.ts';
import { awsRefusal } from '../../support/aws-answers.ts';
import { rejectionOf } from '../../support/failure-of.ts';
import { type CannedAnswer, loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

const CALLER = 'arn:aws:sts::123456789012:assumed-role/app/session';

const SESSION: ResolvedCredentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: new Secret('secret'),
  sessionToken: new Secret('session'),
  expiresAt: new Date('2026-11-22T12:04:12Z'),
  provider: 'profile',
  providerDetail: 'profile "app" (IAM Identity Center)',
};

type Call = (aws: Aws, signal: AbortSignal) => Promise<unknown>;

const mint: Call = async (aws, signal) =>
  (await aws.sts()).getWebIdentityToken(
    { audience: ['x'], signingAlgorithm: 'RS256', durationSeconds: 300, tags: [] },
    signal,
  );
const whoami: Call = async (aws, signal) => (await aws.sts()).getCallerIdentity(signal);
const session: Call = async (aws, signal) => (await aws.sts()).getSessionToken({}, signal);
const assume: Call = async (aws, signal) =>
  (await aws.sts()).assumeRole({ roleArn: 'arn:aws:iam::1:role/r', sessionName: 's' }, signal);
const info: Call = async (aws, signal) => (await aws.iam()).outboundFederationInfo(signal);
const enable: Call = async (aws, signal) => (await aws.iam()).enableOutboundFederation(signal);

/** The failure of a call that is answered so; `ENDPOINT` stands for the server's address. */
async function refusal(call: Call, answer: CannedAnswer) {
  await using server = await loopbackServer(() => answer);
  const context = memoryContext({ env: { AWS_REGION: 'eu-west-1', AWS_ENDPOINT_URL: server.url } });
  const aws = await createAws({ timeoutMs: 8000, credentials: SESSION }, context);
  const error = await rejectionOf(call(aws, context.signal));
  const at = (text: string) => text.replaceAll(server.url, 'ENDPOINT');
  return {
    error,
    code: error.code,
    exit: error.exitCode,
    message: at(error.message),
    remedy: at(error.remedy),
  };
}

function denied(action: string, why: string) {
  return awsRefusal(
    403,
    'AccessDenied',
    `User: ${CALLER} is not authorized to perform: ${action} on resource: arn:aws:sts::123456789012:self ${why}`,
  );
}

const NO_POLICY = 'because no identity-based policy allows the sts:GetWebIdentityToken action';

describe('what AWS refuses', () => {
  test.each<[string, Call, CannedAnswer, string, number, string]>([
    [
      'federation disabled',
      mint,
      awsRefusal(
        403,
        'OutboundWebIdentityFederationDisabledException',
        'OutboundWebIdentityFederation is disabled.',
      ),
      'sts.federation-disabled',
      3,
      'STS in eu-west-1 (ENDPOINT) mints no tokens: outbound federation is disabled for this account.',
    ],
    [
      'the code as the documentation spells it',
      mint,
      awsRefusal(403, 'OutboundWebIdentityFederationDisabled', 'OutboundWebIdentityFederation is disabled.'),
      'sts.federation-disabled',
      3,
      'STS in eu-west-1 (ENDPOINT) mints no tokens: outbound federation is disabled for this account.',
    ],
    [
      'session too short',
      mint,
      awsRefusal(403, 'SessionDurationEscalationException', 'Requested token expiry time must be before …'),
      'sts.session-too-short',
      4,
      'The token would expire after the session that requests it.',
    ],
    [
      'payload too large',
      mint,
      awsRefusal(400, 'JWTPayloadSizeExceededException', 'too large'),
      'sts.payload-too-large',
      2,
      'STS in eu-west-1 (ENDPOINT) did not mint the token: the token would be too large with its audiences and tags, including the tags of the principal.',
    ],
    [
      'minting not allowed',
      mint,
      denied('sts:GetWebIdentityToken', NO_POLICY),
      'sts.mint-denied',
      4,
      `${CALLER} is not allowed to mint this token in eu-west-1, because no identity-based policy allows the sts:GetWebIdentityToken action.`,
    ],
    [
      'minting denied',
      mint,
      denied('sts:GetWebIdentityToken', 'with an explicit deny in a service control policy'),
      'sts.mint-denied',
      4,
      `${CALLER} is not allowed to mint this token in eu-west-1, with an explicit deny in a service control policy.`,
    ],
    [
      'tagging not allowed',
      mint,
      denied('sts:TagGetWebIdentityToken', ''),
      'sts.tag-denied',
      4,
      `${CALLER} can mint tokens in eu-west-1, but not with tags.`,
    ],
    [
      'a federated user',
      mint,
      awsRefusal(403, 'AccessDenied', 'GetWebIdentityToken does not support federated user sessions'),
      'sts.federated-user',
      4,
      'A federated user (GetFederationToken) cannot mint tokens.',
    ],
    [
      'the global endpoint',
      mint,
      awsRefusal(400, 'InvalidAction', 'Operation not supported on STS global endpoint'),
      'aws.region-global',
      2,
      'ENDPOINT does not support GetWebIdentityToken. It is the global STS endpoint, or it is not an STS endpoint.',
    ],
    [
      'a value AWS does not accept',
      mint,
      awsRefusal(400, 'InvalidParameterValue', 'Duplicate tag keys found.'),
      'aws.request-refused',
      2,
      'STS in eu-west-1 (ENDPOINT) rejected GetWebIdentityToken: Duplicate tag keys found.',
    ],
    [
      'STS not active',
      mint,
      awsRefusal(403, 'RegionDisabledException', 'STS is not activated in this region'),
      'aws.region-disabled',
      3,
      'STS is not active in eu-west-1 for this account.',
    ],
    [
      'expired session',
      whoami,
      awsRefusal(403, 'ExpiredToken', 'The security token included in the request is expired'),
      'aws.credentials-expired',
      3,
      'The AWS credentials from profile "app" (IAM Identity Center) have expired.',
    ],
    [
      'unknown key',
      whoami,
      awsRefusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
      'aws.access-key-unknown',
      4,
      'STS in eu-west-1 (ENDPOINT) does not recognize the access key ASIAEXAMPLE, from profile "app" (IAM Identity Center).',
    ],
    [
      'wrong secret',
      whoami,
      awsRefusal(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match …'),
      'aws.signature-refused',
      4,
      'STS in eu-west-1 (ENDPOINT) rejected the signature made with the access key ASIAEXAMPLE, from profile "app" (IAM Identity Center).',
    ],
    [
      'wrong clock, as STS says it',
      whoami,
      awsRefusal(
        403,
        'SignatureDoesNotMatch',
        'Signature expired: 20261122T120000Z is now earlier than 20261122T125500Z (20261122T130000Z - 5 min.)',
        { date: 'Sun, 22 Nov 2026 13:00:00 GMT' },
      ),
      'aws.clock-skew',
      3,
      'The clock of this machine is 1 h behind the clock of STS in eu-west-1 (ENDPOINT).',
    ],
    [
      'wrong clock',
      whoami,
      awsRefusal(403, 'RequestTimeTooSkewed', 'too skewed', { date: 'Sun, 22 Nov 2026 11:00:00 GMT' }),
      'aws.clock-skew',
      3,
      'The clock of this machine is 1 h ahead of the clock of STS in eu-west-1 (ENDPOINT).',
    ],
    [
      'session credentials for GetSessionToken',
      session,
      awsRefusal(403, 'AccessDenied', 'Cannot call GetSessionToken with session credentials'),
      'sts.session-credentials',
      4,
      'GetSessionToken requires long-term credentials, but the credentials from profile "app" (IAM Identity Center) belong to a session.',
    ],
    [
      'assuming not allowed',
      assume,
      denied('sts:AssumeRole', ''),
      'sts.assume-denied',
      4,
      `${CALLER} is not allowed to assume the role arn:aws:iam::1:role/r.`,
    ],
    [
      'chaining for too long',
      assume,
      awsRefusal(
        400,
        'ValidationError',
        'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
      ),
      'sts.duration-refused',
      2,
      'STS in eu-west-1 (ENDPOINT) rejected AssumeRole: The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    ],
    [
      'reading the switch not allowed',
      info,
      denied(
        'iam:GetOutboundWebIdentityFederationInfo',
        'because no identity-based policy allows the action. Go to …',
      ),
      'iam.permission-missing',
      4,
      `${CALLER} is not allowed to call iam:GetOutboundWebIdentityFederationInfo, because no identity-based policy allows the action.`,
    ],
    [
      'enabling not allowed, in few words',
      enable,
      awsRefusal(403, 'AccessDenied', 'no'),
      'iam.permission-missing',
      4,
      'The principal of the access key ASIAEXAMPLE is not allowed to call iam:EnableOutboundWebIdentityFederation.',
    ],
    [
      'throttled',
      whoami,
      awsRefusal(400, 'Throttling', 'Rate exceeded'),
      'aws.throttled',
      6,
      'STS in eu-west-1 (ENDPOINT) throttled GetCallerIdentity, even after three attempts.',
    ],
    [
      'a fault of the service',
      mint,
      awsRefusal(500, 'InternalFailure', ''),
      'aws.service-failed',
      6,
      'STS in eu-west-1 (ENDPOINT) responded to GetWebIdentityToken with InternalFailure (HTTP 500).',
    ],
  ])('%s', async (_, call, answer, code, exit, message) => {
    const failure = await refusal(call, answer);
    expect([failure.code, failure.exit, failure.message]).toEqual([code, exit, message]);
    expect(failure.error.requestId).toBe('request-1');
    expect(failure.error.cause).toBeInstanceOf(Error);
  });

  test('the evidence is AWS’s own sentence, and how long the session lasts', async () => {
    const { error } = await refusal(
      mint,
      awsRefusal(403, 'SessionDurationEscalationException', 'No.\u001b[2J'),
    );
    expect(error.details).toMatchObject({
      service: 'STS',
      action: 'GetWebIdentityToken',
      region: 'eu-west-1',
      accessKeyId: 'ASIAEXAMPLE',
      awsCode: 'SessionDurationEscalationException',
      status: 403,
      evidence: [
        'the session expires in 4 min 12 s',
        'AWS response: SessionDurationEscalationException: No.\u001b[2J',
      ],
    });
  });

  test('IAM that does not know a session is explained', async () => {
    const answer = awsRefusal(
      403,
      'InvalidClientTokenId',
      'The security token included in the request is invalid.',
    );
    expect((await refusal(info, answer)).error).toMatchObject({
      code: 'aws.access-key-unknown',
      likelyCause:
        'Credentials from GetSessionToken can call IAM only if they were requested with an MFA code.',
      remedy: 'Use the long-term keys of the IAM user, or assume a role with --role-arn <arn>.',
    });
    expect((await refusal(whoami, answer)).remedy).toBe(
      'Replace the key at the source that the error message specifies. Check in IAM whether the key of the user is active.',
    );
  });

  test('the missing permission can be copied', async () => {
    const { remedy } = await refusal(enable, denied('iam:EnableOutboundWebIdentityFederation', ''));
    expect(remedy).toBe(
      'An administrator of the account must allow iam:EnableOutboundWebIdentityFederation on Resource "*" in a policy of the principal.',
    );
  });
});

describe('what is not AWS', () => {
  const html = (status: number) => ({
    status,
    headers: { 'content-type': 'text/html' },
    body: '<html><body><p>Welcome<br></body></html>',
  });

  test.each<[string, Call, CannedAnswer, string]>([
    ['a portal', whoami, html(200), 'HTTP 200 with a body that is not a response from the service'],
    ['a page of 403', whoami, html(403), 'HTTP 403 with a body that is not a response from the service'],
    ['a gateway', whoami, html(502), 'HTTP 502 with a body that is not a response from the service'],
    [
      'a redirect',
      whoami,
      { ...html(302), body: '' },
      'HTTP 302 with a body that is not a response from the service',
    ],
    ['nothing at all', whoami, {}, 'the account, ARN or user ID is missing'],
    ['nothing instead of a token', mint, {}, 'the response has no token'],
    ['nothing instead of credentials', session, {}, 'the response has no credentials'],
    ['nothing instead of a session', assume, {}, 'the response contains no role session'],
    ['nothing instead of an issuer', info, {}, 'the response contains no issuer'],
  ])('%s', async (_, call, answer, why) => {
    const failure = await refusal(call, answer);
    const action = failure.error.details['action'];
    expect([failure.code, failure.exit, failure.message, failure.remedy]).toEqual([
      'aws.not-aws',
      6,
      `The response to ${String(action)} at ENDPOINT does not come from AWS: ${why}.`,
      'Check which server responds at this endpoint.',
    ]);
  });
});
