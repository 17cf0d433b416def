import { resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { readBoundedFile } from '../files/bounded-file.ts';
import { metadataEndpoint } from './endpoint.ts';
import { metadataCredentials, metadataRefusal } from './metadata-credentials.ts';
import { askMetadata, type MetadataAnswer, type MetadataRequest, reasonOf } from './metadata-request.ts';
import type { Absent } from './provider.ts';

const RELATIVE = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const FULL = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const TOKEN_FILE = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';
const TOKEN = 'AWS_CONTAINER_AUTHORIZATION_TOKEN';

/**
 * The timeout of one request, in milliseconds. The endpoint is on the same machine, so two seconds are
 * sufficient.
 */
const TIMEOUT_MS = 2000;

/**
 * The pauses before the second and the third attempt, in milliseconds. An agent under load may refuse
 * connections for a short time.
 */
const PAUSES_MS = [250, 750];

const MAX_TOKEN_BYTES = 64 * 1024;

type Dependencies = Pick<Context, 'env' | 'cwd' | 'fetch' | 'sleep' | 'redactor'>;

interface ContainerEndpoint {
  readonly url: URL;
  /** The environment variable that contains the address of the endpoint. */
  readonly variable: string;
}

/**
 * Returns the credentials that ECS, EKS Pod Identity or a similar service provides to a container
 * (facts/aws.md 7.5). If an endpoint is configured but returns no credentials in three attempts, the function
 * throws. Without this failure, a later provider could return credentials for an unintended identity.
 *
 * @param timeoutMs the time limit for reading the token file and for each request, in milliseconds
 * @throws FedctlError aws.container-failed, aws.endpoint-invalid, aws.plaintext-refused; the abort reason,
 * if the signal is aborted
 */
export async function containerCredentials(
  context: Dependencies,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  const endpoint = endpointOf(context.env);
  if (endpoint === null) return { absent: `neither ${RELATIVE} nor ${FULL} is set` };
  const authorization = await authorizationOf(endpoint, context, timeoutMs, signal);
  if (authorization !== null) context.redactor.learn(new Secret(authorization));
  const request = {
    headers: authorization === null ? {} : { authorization },
    timeoutMs: Math.min(TIMEOUT_MS, timeoutMs),
  };
  for (const pause of PAUSES_MS) {
    const found = await ask(endpoint, request, context, signal);
    if (typeof found !== 'string') return found;
    await context.sleep(pause, signal);
  }
  const found = await ask(endpoint, request, context, signal);
  if (typeof found !== 'string') return found;
  throw containerFailed(endpoint, `${found}, in three attempts`);
}

/**
 * Sends one request for the credentials.
 *
 * @returns the credentials, or a phrase that states why the request failed
 */
async function ask(
  { url, variable }: ContainerEndpoint,
  request: MetadataRequest,
  context: Dependencies,
  signal: AbortSignal,
): Promise<ResolvedCredentials | string> {
  let answer: MetadataAnswer;
  try {
    answer = await askMetadata(context, url, request, signal);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return reasonOf(error);
  }
  const credentials: Credentials | null = answer.status === 200 ? metadataCredentials(answer.body) : null;
  if (credentials !== null) {
    return { ...credentials, provider: 'container', providerDetail: `container (${variable})` };
  }
  const words = metadataRefusal(answer.body);
  const more = words === null ? '' : ` (${words})`;
  return answer.status === 200
    ? `it responded without credentials${more}`
    : `it responded with HTTP ${answer.status}${more}`;
}

function endpointOf(env: Context['env']): ContainerEndpoint | null {
  const relative = env[RELATIVE];
  if (relative !== undefined && relative !== '') {
    const url = URL.canParse(relative, 'http://169.254.170.2')
      ? new URL(relative, 'http://169.254.170.2').href
      : relative;
    return { url: new URL(metadataEndpoint(url, RELATIVE)), variable: RELATIVE };
  }
  const full = env[FULL];
  return full === undefined || full === ''
    ? null
    : { url: new URL(metadataEndpoint(full, FULL)), variable: FULL };
}

/**
 * Returns the authorization token from the token file, or from the environment variable if no file is set.
 * The file is read each time, because it may be replaced during the run.
 */
async function authorizationOf(
  endpoint: ContainerEndpoint,
  { env, cwd }: Dependencies,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<string | null> {
  const path = env[TOKEN_FILE];
  if (path === undefined || path === '') return env[TOKEN] || null;
  try {
    return (await readBoundedFile(resolve(cwd, path), MAX_TOKEN_BYTES, signal, timeoutMs)).trim() || null;
  } catch (error) {
    if (signal.aborted || !isFedctlError(error)) throw error;
    const reason = error.message.replace(/^Cannot/, 'cannot').replace(/\.$/, '');
    throw containerFailed(endpoint, `${reason} (specified by ${TOKEN_FILE})`, error);
  }
}

function containerFailed({ url, variable }: ContainerEndpoint, what: string, cause?: unknown): FedctlError {
  return new FedctlError('aws.container-failed', {
    message: `The container endpoint ${url.origin} (from ${variable}) returned no credentials: ${what}.`,
    details: { endpoint: url.origin, variable },
    cause,
  });
}
