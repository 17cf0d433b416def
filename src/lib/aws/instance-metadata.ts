import type { Context } from '../core/context.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { rfc3339 } from '../core/time.ts';
import type { AwsSettings } from '../ports/aws.ts';
import { metadataEndpoint } from './endpoint.ts';
import { metadataCredentials, metadataRefusal } from './metadata-credentials.ts';
import {
  askMetadata,
  isTimeout,
  type MetadataAnswer,
  type MetadataRequest,
  reasonOf,
} from './metadata-request.ts';
import type { ChosenProfile } from './profile.ts';
import type { Absent } from './provider.ts';

const TOKEN_PATH = 'latest/api/token';
const ROLE_PATH = 'latest/meta-data/iam/security-credentials/';
const REGION_PATH = 'latest/meta-data/placement/region';

/**
 * The time for which fedctl uses expired credentials that the service returned, in milliseconds. After this
 * time, fedctl requests new credentials.
 */
const EXTENSION_MS = 15 * 60_000;

type Dependencies = Pick<Context, 'env' | 'fetch' | 'now' | 'redactor'>;
type Warn = NonNullable<AwsSettings['warn']>;

/** A connection to the metadata service. With IMDSv2, every request contains the session token. */
interface Conversation {
  /** The reason why IMDSv1 is used, as part of a sentence; null if IMDSv2 is used. */
  readonly withoutToken: string | null;
  /**
   * Requests a path. Repeats the request if it fails or the status is not 200.
   * AWS_METADATA_SERVICE_NUM_ATTEMPTS limits the number of attempts.
   */
  read(path: string): Promise<MetadataAnswer>;
}

/**
 * Returns the credentials of the role that is attached to an EC2 instance. Uses version 2 of the instance
 * metadata service (IMDSv2). Uses version 1 (IMDSv1) only if IMDSv2 returns no token and IMDSv1 is not
 * disabled (facts/aws.md 7.6). A container receives no token if the hop limit is 1.
 *
 * During an outage, the service returns its last credentials even if they have expired, and AWS continues to
 * accept them (https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html). fedctl uses
 * expired credentials for 15 minutes after it receives them, and prints a warning.
 *
 * @throws FedctlError aws.endpoint-invalid, aws.plaintext-refused, usage.invalid-value; the abort reason,
 * if the signal is aborted
 */
export async function instanceMetadataCredentials(
  context: Dependencies,
  profile: ChosenProfile,
  warn: Warn,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  return await converse(context, profile, signal, async ({ withoutToken, read }) => {
    const roles = await read(ROLE_PATH);
    if (roles.status !== 200) return { absent: noRole(roles.status, withoutToken) };
    const role = roles.body.trim().split('\n')[0] ?? '';
    if (role === '') return { absent: 'the instance has no role' };
    const answer = await read(`${ROLE_PATH}${encodeURIComponent(role)}`);
    const credentials = answer.status === 200 ? metadataCredentials(answer.body) : null;
    if (credentials === null) {
      const words = metadataRefusal(answer.body) ?? `HTTP ${answer.status}`;
      return {
        absent: `the instance metadata service has no credentials for the role "${role}" (${words})`,
      };
    }
    return {
      ...credentials,
      expiresAt: extended(credentials.expiresAt, context.now(), warn),
      provider: 'instance-metadata',
      providerDetail: `instance metadata (role "${role}")`,
    };
  });
}

function extended(expiresAt: Date | null, now: Date, warn: Warn): Date | null {
  if (expiresAt === null || expiresAt > now) return expiresAt;
  warn({
    code: 'aws.metadata-credentials-expired',
    message: `The instance metadata service returned credentials that expired at ${rfc3339(expiresAt)}. fedctl uses these credentials: during an outage, the service returns its last credentials, and AWS accepts them.`,
    remedy: null,
  });
  return new Date(now.getTime() + EXTENSION_MS);
}

/**
 * Returns the Region of the EC2 instance; null outside EC2. Like the AWS SDK, fedctl uses this Region only if
 * no setting specifies a Region.
 *
 * @throws FedctlError aws.endpoint-invalid, aws.plaintext-refused, usage.invalid-value; the abort reason,
 * if the signal is aborted
 */
export async function instanceRegion(
  context: Dependencies,
  profile: ChosenProfile,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await converse(context, profile, signal, async ({ read }) => {
    const answer = await read(REGION_PATH);
    return answer.status === 200 ? { region: answer.body.trim() } : { absent: `HTTP ${answer.status}` };
  });
  return 'region' in found ? found.region : null;
}

function noRole(status: number, withoutToken: string | null): string {
  switch (status) {
    case 401:
      return `the instance metadata service requires a token (HTTP 401), but ${withoutToken ?? 'rejected the token that it issued'}`;
    case 403:
      return 'the instance metadata service is disabled for this instance (HTTP 403)';
    case 404:
      return 'the instance has no role (HTTP 404)';
    default:
      return `the instance metadata service responded with HTTP ${status}`;
  }
}

/**
 * Gets a session token and calls `ask` with a connection that uses the token. If the service is unreachable,
 * returns the reason and does not throw.
 */
async function converse<Answer>(
  context: Dependencies,
  profile: ChosenProfile,
  signal: AbortSignal,
  ask: (conversation: Conversation) => Promise<Answer | Absent>,
): Promise<Answer | Absent> {
  const { env } = context;
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') {
    return { absent: 'AWS_EC2_METADATA_DISABLED is true' };
  }
  const endpoint = endpointOf(env, profile);
  // Outside EC2, the service does not respond. A run that finds no other credentials then waits for this
  // timeout twice: for the token, and for the first request with IMDSv1.
  const timeoutMs = 1000 * settingOf('metadata_service_timeout', env, profile);
  const attempts = Math.ceil(settingOf('metadata_service_num_attempts', env, profile));
  const send: Send = async (path, request) => {
    const url = new URL(path, endpoint.replace(/\/?$/, '/'));
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await askMetadata(context, url, { ...request, timeoutMs }, signal);
        if (answer.status === 200 || attempt >= attempts) return answer;
      } catch (error) {
        if (signal.aborted || attempt >= attempts) throw error;
      }
    }
  };
  try {
    const token = await sessionToken(send, env, profile);
    if ('absent' in token) return token;
    if (token.value !== null) context.redactor.learn(new Secret(token.value));
    const headers: Record<string, string> =
      token.value === null ? {} : { 'x-aws-ec2-metadata-token': token.value };
    return await ask({
      withoutToken: token.value === null ? token.why : null,
      read: (path) => send(path, { headers }),
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isFedctlError(error)) throw error;
    return { absent: `no instance metadata service at ${endpoint}: ${reasonOf(error)}` };
  }
}

type Send = (path: string, request: Omit<MetadataRequest, 'timeoutMs'>) => Promise<MetadataAnswer>;

function endpointOf(env: Context['env'], profile: ChosenProfile): string {
  const fromEnv = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
  if (fromEnv) return metadataEndpoint(fromEnv, 'AWS_EC2_METADATA_SERVICE_ENDPOINT');
  const fromProfile = profile.settings['ec2_metadata_service_endpoint'];
  if (fromProfile) {
    const source = `profile "${profile.name}"`;
    return metadataEndpoint(fromProfile, source, `remove ec2_metadata_service_endpoint from the ${source}`);
  }
  const mode =
    env['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE'] || profile.settings['ec2_metadata_service_endpoint_mode'];
  return mode?.toLowerCase() === 'ipv6' ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254';
}

/** Returns a positive number from the environment or the profile. The default is 1, as in the AWS CLI. */
function settingOf(key: string, env: Context['env'], profile: ChosenProfile): number {
  const variable = `AWS_${key.toUpperCase()}`;
  const text = env[variable] || profile.settings[key] || '1';
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  const source = env[variable] ? variable : `${key} of the profile "${profile.name}"`;
  throw new FedctlError('usage.invalid-value', {
    message: `${source} is "${text.slice(0, 50)}": expected a positive number.`,
    remedy: env[variable] ? `Unset ${variable}.` : `Remove ${source}.`,
    details: { source },
  });
}

/**
 * Returns the session token for IMDSv2. If the service returns no token or does not respond in time, returns
 * the reason. fedctl then uses IMDSv1, unless it is disabled. A container receives no response if the hop
 * limit is 1.
 */
async function sessionToken(
  send: Send,
  env: Context['env'],
  profile: ChosenProfile,
): Promise<{ readonly value: string } | { readonly value: null; readonly why: string } | Absent> {
  const headers = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' };
  let why: string;
  try {
    const answer = await send(TOKEN_PATH, { method: 'PUT', headers });
    if (answer.status === 200) return { value: answer.body.trim() };
    if (answer.status === 400) return { absent: 'the instance metadata service responded with HTTP 400' };
    why = `returned no token (HTTP ${answer.status})`;
  } catch (error) {
    if (!isTimeout(error)) throw error;
    why = 'returned no token in time (a container requires a hop limit of at least 2)';
  }
  const forbidden = env['AWS_EC2_METADATA_V1_DISABLED'] || profile.settings['ec2_metadata_v1_disabled'];
  return forbidden?.toLowerCase() === 'true'
    ? { absent: `the instance metadata service ${why}, and version 1 is disabled` }
    : { value: null, why };
}
