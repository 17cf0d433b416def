import { readFile } from 'node:fs/promises';
import type { Context } from '../context.ts';
import type { ResolvedCredentials } from '../credentials.ts';
import { deadline } from '../deadline.ts';
import { isFedctlError } from '../errors.ts';
import { transportFault } from '../net/transport-fault.ts';
import { Secret } from '../secret.ts';
import { metadataEndpoint } from './endpoint.ts';
import { METADATA_MAX_BYTES, metadataCredentials } from './metadata-credentials.ts';
import type { Absent } from './provider.ts';

const RELATIVE = 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI';
const FULL = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';
const TOKEN_FILE = 'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE';
const TOKEN = 'AWS_CONTAINER_AUTHORIZATION_TOKEN';

/** The endpoint is on the machine itself: two seconds are long. */
const TIMEOUT_MS = 2000;

/**
 * The keys that ECS, EKS Pod Identity or Lambda's like hand to a container (facts/aws.md 7.5).
 *
 * @throws FedctlError aws.endpoint-invalid, aws.plaintext-refused; the signal's own reason
 */
export async function containerCredentials(
  context: Pick<Context, 'env' | 'fetch' | 'redactor'>,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  const { env } = context;
  const endpoint = endpointOf(env);
  if (endpoint === null) return { absent: `neither ${RELATIVE} nor ${FULL} is set` };
  const where = `the container endpoint ${endpoint.url.origin}`;
  try {
    const authorization = await authorizationOf(env);
    if (authorization !== null) context.redactor.learn(new Secret(authorization));
    const response = await context.fetch(endpoint.url, {
      headers: authorization === null ? {} : { authorization },
      maxBytes: METADATA_MAX_BYTES,
      signal: deadline(signal, TIMEOUT_MS),
    });
    if (response.status !== 200) return { absent: `${where} answered with HTTP ${response.status}` };
    const credentials = metadataCredentials(response.body ?? '');
    if (credentials === null) return { absent: `${where} answered with something else than credentials` };
    return { ...credentials, provider: 'container', providerDetail: `container (${endpoint.variable})` };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isFedctlError(error)) throw error;
    return { absent: `${where} cannot be used: ${reasonOf(error)}` };
  }
}

function endpointOf(env: Context['env']): { readonly url: URL; readonly variable: string } | null {
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

/** The file wins and is read each time: it is renewed while we run. */
async function authorizationOf(env: Context['env']): Promise<string | null> {
  const path = env[TOKEN_FILE];
  const token = path === undefined || path === '' ? env[TOKEN] : (await readFile(path, 'utf8')).trim();
  return token === undefined || token === '' ? null : token;
}

/** The error may quote the authorization, so only its code or name is repeated. */
export function reasonOf(error: unknown): string {
  const fault = transportFault(error);
  if (fault !== null) return `${fault.reason} (${fault.code})`;
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer came in time';
  if (error instanceof Error && 'code' in error && 'path' in error) {
    return `${String(error.path)} cannot be read (${String(error.code)})`;
  }
  return error instanceof Error ? `the request failed (${error.name})` : 'the request failed';
}
