import { describe, expect, test } from 'vitest';
import { createAws } from '../../../src/lib/aws/aws.ts';
import { processFailure } from '../../../src/lib/aws/process-failure.ts';
import { program } from '../../../src/lib/core/command-line.ts';
import type { ResolvedCredentials } from '../../../src/lib/core/credentials.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { Aws } from '../../../src/lib/ports/aws.ts';
import { failureDocument, failureLines } from '../../../src/lib/render/failure.ts';
import { createTheme } from '../../../src/lib/render/theme.ts';
import { awsRefusal } from '../../support/aws-answers.ts';
import { rejectionOf } from '../../support/failure-of.ts';
import { type CannedAnswer, loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

/** Keys of a user from the environment, as given but for what a test changes. */
function keys(changes: Partial<ResolvedCredentials> = {}): ResolvedCredentials {
  return {
    accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
    secretAccessKey: new Secret('secret'),
    sessionToken: null,
    expiresAt: null,
    provider: 'environment',
    providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
    ...changes,
  };
}

const whoami = async (aws: Aws, signal: AbortSignal): Promise<unknown> =>
  (await aws.sts()).getCallerIdentity(signal);
const assume = async (aws: Aws, signal: AbortSignal): Promise<unknown> =>
  (await aws.sts()).assumeRole(
    { roleArn: 'arn:aws:iam::123456789012:role/team/app', sessionName: 's' },
    signal,
  );
const info = async (aws: Aws, signal: AbortSignal): Promise<unknown> =>
  (await aws.iam()).outboundFederationInfo(signal);

/** What is said of a call that is answered so; `ENDPOINT` stands for the address of the server. */
async function said(
  call: typeof whoami,
  answer: CannedAnswer,
  { credentials = keys(), region = 'eu-west-1' } = {},
) {
  await using server = await loopbackServer(() => answer);
  const context = memoryContext({
    env: { AWS_REGION: region, AWS_ENDPOINT_URL_STS: server.url, AWS_ENDPOINT_URL: server.url },
  });
  const aws = await createAws({ timeoutMs: 8000, credentials }, context);
  const error = await rejectionOf(call(aws, context.signal));
  const at = (text: string) => text.replaceAll(server.url, 'ENDPOINT');
  return {
    code: error.code,
    exit: error.exitCode,
    message: at(error.message),
    cause: at(error.likelyCause),
    remedy: at(error.remedy),
    evidence: error.details['evidence'],
  };
}

const UNKNOWN_KEY = awsRefusal(
  403,
  'InvalidClientTokenId',
  'The security token included in the request is invalid',
);

describe('what one code of AWS stands for', () => {
  test.each([
    'Credential should be scoped to a valid region.',
    "Credential should be scoped to a valid region, not 'us-east-2'.",
    "Credential should be scoped to correct service: 'sts'.",
    "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
  ])('a Region that the endpoint does not belong to: %s', async (sentence) => {
    expect(await said(whoami, awsRefusal(403, 'SignatureDoesNotMatch', sentence))).toEqual({
      code: 'aws.endpoint-region-mismatch',
      exit: 2,
      message:
        'The Region and the endpoint of STS do not match: the request is signed for eu-west-1 (AWS_REGION), but ENDPOINT (AWS_ENDPOINT_URL_STS) does not accept this signature.',
      cause:
        'The request is signed for one Region and one service, but the endpoint belongs to another Region or service.',
      remedy: 'Specify the Region of the endpoint with --region, or unset AWS_ENDPOINT_URL_STS.',
      evidence: [`AWS response: SignatureDoesNotMatch: ${sentence}`],
    });
  });

  test('a signature by the wrong secret is still that', async () => {
    const answer = awsRefusal(
      403,
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided.',
    );
    expect((await said(whoami, answer)).code).toBe('aws.signature-refused');
  });

  test.each([
    ['access key ID', keys({ accessKeyId: '"AKIAIOSFODNN7EXAMPLE"' })],
    ['secret access key', keys({ secretAccessKey: new Secret("'secret'") })],
    ['session token', keys({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: new Secret('"token"') })],
  ])('quotation marks in the value of the %s', async (part, credentials) => {
    expect(await said(whoami, UNKNOWN_KEY, { credentials })).toMatchObject({
      code: 'aws.access-key-unknown',
      cause: `The value of the ${part} from environment (AWS_ACCESS_KEY_ID) is invalid: it contains quotation marks.`,
      remedy:
        'Write the value without quotation marks. In a file for docker --env-file, quotation marks are part of the value.',
    });
  });

  test('a key without the token of its session, and with one of another', async () => {
    const lone = keys({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE' });
    expect(await said(assume, UNKNOWN_KEY, { credentials: lone })).toMatchObject({
      code: 'aws.access-key-unknown',
      cause: 'The key of a session (ASIA…) is valid only together with its session token, which is missing.',
    });
    const stale = keys({ sessionToken: new Secret('left-over') });
    expect(await said(assume, UNKNOWN_KEY, { credentials: stale })).toMatchObject({
      code: 'aws.access-key-unknown',
      remedy: 'Unset AWS_SESSION_TOKEN.',
    });
  });

  test.each([
    ['access key ID', keys({ accessKeyId: 'AKIAIOSF ODNN7EXAMPLE' })],
    ['secret access key', keys({ secretAccessKey: new Secret('sec ret') })],
    ['session token', keys({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: new Secret('to ken') })],
  ])('a blank in the value of the %s', async (part, credentials) => {
    expect(await said(whoami, UNKNOWN_KEY, { credentials })).toMatchObject({
      code: 'aws.access-key-unknown',
      cause: `The value of the ${part} from environment (AWS_ACCESS_KEY_ID) is invalid: it contains white space.`,
      remedy: 'Copy the value again, without white space.',
    });
  });

  test('a Region that has to be enabled', async () => {
    expect(await said(whoami, UNKNOWN_KEY, { region: 'af-south-1' })).toMatchObject({
      code: 'aws.access-key-unknown',
      cause:
        'af-south-1 (AWS_REGION) must be enabled for the account. Until then, the STS endpoint of the Region rejects all keys of the account and all sessions from the global STS endpoint.',
      remedy:
        'Use another Region with --region, or enable this Region for the account with "aws account enable-region --region-name af-south-1".',
    });
    const session = keys({ accessKeyId: 'ASIAIOSFODNN7EXAMPLE', sessionToken: new Secret('t') });
    const { remedy } = await said(whoami, UNKNOWN_KEY, { region: 'eu-south-2', credentials: session });
    expect(remedy).toBe(
      'If the Region is enabled, get the session from a Regional endpoint, with AWS_STS_REGIONAL_ENDPOINTS=regional. If the Region is not enabled, use another Region with --region.',
    );
  });

  test.each(['eu-west-1', 'cn-north-1', 'us-gov-west-1', 'eusc-de-east-1'])(
    'a Region that every account of its partition has: %s',
    async (region) => {
      expect((await said(whoami, UNKNOWN_KEY, { region })).cause).toBe(
        'The key was deleted, is inactive, or belongs to another partition. Or the session token is missing or wrong, or the Region is not enabled for the account.',
      );
    },
  );

  test.each([
    [
      400,
      'InvalidAction',
      'Could not find operation GetOutboundWebIdentityFederationInfo for version 2010-05-08',
    ],
    [400, 'UnknownOperationException', ''],
    [501, 'InternalFailure', 'The API action is not yet implemented'],
  ])('an IAM that lacks the action: %i %s', async (status, code, sentence) => {
    expect(await said(info, awsRefusal(status, code, sentence))).toMatchObject({
      code: 'aws.action-unknown',
      exit: 4,
      message:
        'IAM in eu-west-1 (ENDPOINT) does not support the action GetOutboundWebIdentityFederationInfo.',
      cause: 'AWS_ENDPOINT_URL specifies an emulator or a gateway that does not support this action.',
      remedy:
        'Use an emulator that supports GetOutboundWebIdentityFederationInfo. To use AWS itself, unset AWS_ENDPOINT_URL.',
    });
  });

  test('an account that is not subscribed', async () => {
    const answer = awsRefusal(
      403,
      'OptInRequired',
      'The AWS Access Key Id needs a subscription for the service',
    );
    expect(await said(whoami, answer)).toMatchObject({
      code: 'aws.not-subscribed',
      exit: 4,
      message:
        'STS in eu-west-1 (ENDPOINT) rejected GetCallerIdentity: the account cannot use the service. The request was signed with the access key AKIAIOSFODNN7EXAMPLE, from environment (AWS_ACCESS_KEY_ID).',
    });
  });

  test.each([
    ['MissingAuthenticationToken', 'Request is missing Authentication Token'],
    ['MissingAuthenticationTokenException', 'Missing Authentication Token'],
    ['IncompleteSignature', "Authorization header requires 'Signature' parameter."],
  ])('a signature lost on the way: %s', async (code, sentence) => {
    expect(await said(whoami, awsRefusal(403, code, sentence))).toMatchObject({
      code: 'aws.signature-missing',
      exit: 4,
      message:
        'STS in eu-west-1 (ENDPOINT) received no complete signature for GetCallerIdentity, although fedctl signed the request with the access key AKIAIOSFODNN7EXAMPLE, from environment (AWS_ACCESS_KEY_ID).',
      evidence: [`AWS response: ${code}: ${sentence}`],
    });
  });

  test('a role whose name is known', async () => {
    expect(await said(assume, awsRefusal(403, 'AccessDenied', 'Access denied'))).toMatchObject({
      code: 'sts.assume-denied',
      message:
        'The principal of the access key AKIAIOSFODNN7EXAMPLE is not allowed to assume the role arn:aws:iam::123456789012:role/team/app.',
      remedy: 'Check the trust policy of the role. The policy must allow this principal.',
    });
  });

  test('a denial that names nobody', async () => {
    expect((await said(whoami, awsRefusal(403, 'AccessDenied', 'Access denied'))).message).toBe(
      'STS in eu-west-1 (ENDPOINT) denied sts:GetCallerIdentity to the principal of the access key AKIAIOSFODNN7EXAMPLE.',
    );
  });
});

describe('a credential_process that is fedctl', () => {
  const inner = new FedctlError('sts.assume-denied', {
    message: 'The principal of the access key AKIA is not allowed to assume the role etl.',
    remedy: 'Read the trust policy of the role.',
    details: { evidence: ['AWS response: AccessDenied: Access denied'] },
    requestId: 'request-1',
  });

  test.each([
    [
      'for people',
      `warning: a file is old\n${failureLines(inner, 'aws iam get-role --role-name etl', createTheme(false)).join('\n')}\n`,
    ],
    ['as JSON', JSON.stringify(failureDocument(inner, 'aws iam get-role --role-name etl'))],
  ])('its failure is the failure, %s', (_, stderr) => {
    expect(processFailure('fed', 'exited with code 4', stderr)).toMatchObject({
      code: 'sts.assume-denied',
      exitCode: 4,
      message:
        'The credential_process of the profile "fed" exited with code 4: The principal of the access key AKIA is not allowed to assume the role etl.',
      likelyCause: inner.likelyCause,
      remedy: 'Read the trust policy of the role.',
      command: program('aws', 'iam', 'get-role', '--role-name', 'etl'),
    });
  });

  test('its own command line is not offered: it stands in the profile', () => {
    const line = 'fedctl credentials --format process --timeout 60s';
    const stderr = JSON.stringify(failureDocument(inner, line));
    expect(processFailure('fed', 'exited with code 4', stderr).command).toBeNull();
  });

  test('a code that fedctl does not know is the word of another program', () => {
    const stderr = 'error: no\ncause:  none\nremedy: run\ncode:   constructor\n';
    expect(processFailure('p', 'exited with code 1', stderr)).toMatchObject({
      code: 'aws.profile-failed',
      details: { evidence: ['error: no', 'cause:  none', 'remedy: run', 'code:   constructor'] },
    });
  });

  test('of a long text of another program the first and the last lines are repeated', () => {
    const stderr = ['usage: tool', '', 'Traceback:', 'a', 'b', 'c', 'KeyError: \u001b[31mx'].join('\n');
    const failure = processFailure('p', 'exited with code 1', stderr);
    expect(failure.message).toBe(
      'The credential_process of the profile "p" exited with code 1: "KeyError: \u001b[31mx".',
    );
    expect(failure.details['evidence']).toEqual([
      'usage: tool',
      'Traceback:',
      '(2 more lines)',
      'c',
      'KeyError: \u001b[31mx',
    ]);
  });
});
