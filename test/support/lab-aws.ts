import { IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import type { LabSession, LabUser } from '../../src/sandbox/aws/identities.ts';
import { type AwsOptions, type LabAws, startAws } from '../../src/sandbox/aws/start-aws.ts';
import { type AwsWorld, createAwsWorld } from '../../src/sandbox/aws/world.ts';
import { LabLog, type LabLogEntry } from '../../src/sandbox/log.ts';

export const OWN_ACCOUNT = '123456789012';
export const ORG_ACCOUNT = '210987654321';

/** The lab's AWS with a clock that the test controls, and the real SDK configured for it. */
export interface LabUnderTest {
  readonly world: AwsWorld;
  readonly aws: LabAws;
  readonly log: LabLog;
  /** The offset from the real time, in milliseconds. SDKs sign with the real time. */
  readonly clock: { offset: number };
  now(): Date;
  lastEntry(): LabLogEntry | undefined;
  /** The session whose credentials STS returned. */
  session(answer: {
    readonly Credentials?: { readonly AccessKeyId: string | undefined } | undefined;
  }): LabSession;
  sts(keys: LabUser | LabSession, region?: string): STSClient;
  iam(keys: LabUser | LabSession): IAMClient;
}

export async function startLabAws({
  propagationMs = 0,
  ...options
}: { readonly propagationMs?: number } & Pick<AwsOptions, 'ports' | 'tls'> = {}): Promise<LabUnderTest> {
  const clock = { offset: 0 };
  const now = () => new Date(Date.now() + clock.offset);
  const log = new LabLog(now);
  const world = await createAwsWorld({ now, log, propagationMs });
  const aws = await startAws({ world, log, now, ...options });
  // The SDK reads the variable when the first client is created.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
  return {
    world,
    aws,
    log,
    clock,
    now,
    lastEntry: () => log.entries().at(-1),
    session({ Credentials }) {
      const holder = world.holderOf(Credentials?.AccessKeyId ?? '');
      if (holder === undefined || !('sessionToken' in holder)) throw new Error('no session');
      return holder;
    },
    sts: (keys, region = 'eu-west-1') =>
      new STSClient({ region, endpoint: aws.stsUrl, credentials: credentialsOf(keys), maxAttempts: 1 }),
    iam: (keys) =>
      new IAMClient({
        region: 'eu-west-1',
        endpoint: aws.iamUrl,
        credentials: credentialsOf(keys),
        maxAttempts: 1,
      }),
  };
}

/** The credentials in the format of the SDK. */
export function credentialsOf(keys: LabUser | LabSession) {
  return {
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey.reveal(),
    ...('sessionToken' in keys ? { sessionToken: keys.sessionToken.reveal() } : {}),
  };
}

/** The details of a failed SDK call: the error code of the response, the status and the message. */
export async function refusalOf(calling: Promise<unknown>): Promise<object> {
  try {
    await calling;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const { Code, $metadata } = error as { Code?: unknown; $metadata?: { httpStatusCode?: number } };
    return { name: error.name, code: Code, status: $metadata?.httpStatusCode, message: error.message };
  }
  throw new Error('the call was not refused');
}
