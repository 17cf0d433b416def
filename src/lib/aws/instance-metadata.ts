import type { Context } from '../context.ts';
import type { ResolvedCredentials } from '../credentials.ts';
import { deadline } from '../deadline.ts';
import { isFedctlError } from '../errors.ts';
import type { FetchRequest, FetchResponse } from '../fetch.ts';
import { reasonOf } from './container.ts';
import { metadataEndpoint } from './endpoint.ts';
import { METADATA_MAX_BYTES, metadataCredentials } from './metadata-credentials.ts';
import type { ChosenProfile } from './profile.ts';
import type { Absent } from './provider.ts';

/** Off EC2 nobody answers, so this is how long a run without any credentials waits: once for the token, once after. */
const TIMEOUT_MS = 1000;
const TOKEN_PATH = '/latest/api/token';
const ROLE_PATH = '/latest/meta-data/iam/security-credentials/';
const REGION_PATH = '/latest/meta-data/placement/region';

type World = Pick<Context, 'env' | 'fetch'>;

/** A conversation with the metadata service: its token goes with every question. */
interface Conversation {
  /** 1 where the service has no tokens. */
  readonly version: 1 | 2;
  read(path: string): Promise<FetchResponse>;
}

/**
 * The keys of the role of an EC2 instance, by IMDSv2; by version 1 only where version 2 is not there and nobody has
 * forbidden it (facts/aws.md 7.6).
 *
 * @throws FedctlError aws.endpoint-invalid, aws.plaintext-refused; the signal's own reason
 */
export async function instanceMetadataCredentials(
  context: World,
  profile: ChosenProfile,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  return await converse(context, profile, signal, async ({ version, read }) => {
    const roles = await read(ROLE_PATH);
    if (roles.status !== 200) return { absent: noRole(roles.status, version) };
    const role = (roles.body ?? '').trim().split('\n')[0] ?? '';
    const answer = await read(`${ROLE_PATH}${encodeURIComponent(role)}`);
    const credentials = answer.status === 200 ? metadataCredentials(answer.body ?? '') : null;
    if (credentials === null) {
      return { absent: `the instance metadata service has no credentials for the role "${role}"` };
    }
    return {
      ...credentials,
      provider: 'instance-metadata',
      providerDetail: `instance metadata (role "${role}")`,
    };
  });
}

/**
 * The Region that an EC2 instance runs in, as the AWS SDK finds it where nothing names one; null elsewhere.
 *
 * @throws FedctlError aws.endpoint-invalid, aws.plaintext-refused; the signal's own reason
 */
export async function instanceRegion(
  context: World,
  profile: ChosenProfile,
  signal: AbortSignal,
): Promise<string | null> {
  const found = await converse(context, profile, signal, async ({ read }) => {
    const answer = await read(REGION_PATH);
    return answer.status === 200
      ? { region: (answer.body ?? '').trim() }
      : { absent: `HTTP ${answer.status}` };
  });
  return 'region' in found ? found.region : null;
}

function noRole(status: number, version: Conversation['version']): string {
  return status === 401 && version === 1
    ? 'the instance metadata service gave no token, and wants one (HTTP 401)'
    : `the instance has no role (HTTP ${status})`;
}

/** Gets a token and asks with it. Why nobody answered is an answer too. */
async function converse<Answer>(
  context: World,
  profile: ChosenProfile,
  signal: AbortSignal,
  ask: (conversation: Conversation) => Promise<Answer | Absent>,
): Promise<Answer | Absent> {
  const { env } = context;
  if (env['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') {
    return { absent: 'AWS_EC2_METADATA_DISABLED is true' };
  }
  const endpoint = endpointOf(env, profile);
  const send = (path: string, request: Pick<FetchRequest, 'method' | 'headers'>) =>
    context.fetch(new URL(path, endpoint), {
      ...request,
      maxBytes: METADATA_MAX_BYTES,
      signal: deadline(signal, TIMEOUT_MS),
    });
  try {
    const token = await sessionToken(send, env, profile);
    if (typeof token === 'object') return token;
    const headers: Record<string, string> = token === '' ? {} : { 'x-aws-ec2-metadata-token': token };
    return await ask({ version: token === '' ? 1 : 2, read: (path) => send(path, { headers }) });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isFedctlError(error)) throw error;
    return { absent: `no instance metadata service at ${endpoint}: ${reasonOf(error)}` };
  }
}

function endpointOf(env: Context['env'], profile: ChosenProfile): string {
  const fromEnv = env['AWS_EC2_METADATA_SERVICE_ENDPOINT'];
  if (fromEnv) return metadataEndpoint(fromEnv, 'AWS_EC2_METADATA_SERVICE_ENDPOINT');
  const fromProfile = profile.settings['ec2_metadata_service_endpoint'];
  if (fromProfile) return metadataEndpoint(fromProfile, `profile "${profile.name}"`);
  const mode =
    env['AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE'] ?? profile.settings['ec2_metadata_service_endpoint_mode'];
  return mode?.toLowerCase() === 'ipv6' ? 'http://[fd00:ec2::254]' : 'http://169.254.169.254';
}

/** The session token of version 2; '' for version 1. */
async function sessionToken(
  send: (path: string, request: Pick<FetchRequest, 'method' | 'headers'>) => Promise<FetchResponse>,
  env: Context['env'],
  profile: ChosenProfile,
): Promise<string | Absent> {
  const answer = await send(TOKEN_PATH, {
    method: 'PUT',
    headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' },
  });
  if (answer.status === 200) return (answer.body ?? '').trim();
  if (![403, 404, 405].includes(answer.status)) {
    return { absent: `the instance metadata service answered with HTTP ${answer.status}` };
  }
  const forbidden = env['AWS_EC2_METADATA_V1_DISABLED'] ?? profile.settings['ec2_metadata_v1_disabled'];
  return forbidden?.toLowerCase() === 'true'
    ? { absent: 'there is no IMDSv2, and version 1 is disabled' }
    : '';
}
