import { randomBytes } from 'node:crypto';
import { program } from '../core/command-line.ts';
import type { Credentials } from '../core/credentials.ts';
import { FedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { systemCode } from '../core/system-error.ts';
import { rfc3339 } from '../core/time.ts';
import { equalInConstantTime } from '../net/constant-time.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../net/loopback-server.ts';

/** Session credentials that the endpoint serves until they expire. */
export interface ServedCredentials {
  readonly credentials: Credentials;
  readonly expiresAt: Date;
}

export interface CredentialsEndpointOptions {
  /** The loopback address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 selects a free port. */
  readonly port: number;
  /** Returns the current credentials; null if no valid credentials exist. */
  readonly served: () => ServedCredentials | null;
}

export interface CredentialsEndpoint extends LoopbackServer {
  /** The value for AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly credentialsUrl: string;
  /**
   * The value for AWS_CONTAINER_AUTHORIZATION_TOKEN, which clients send unchanged in the Authorization
   * header.
   */
  readonly authorizationToken: Secret;
}

const PATH = '/credentials';

/**
 * Serves session credentials on loopback in the format of the AWS container credentials (facts/aws.md 7.5).
 * Clients must send the authorization token. Each endpoint has a new token. If the Host header of a request
 * contains the host name of another server, the request is rejected. Browsers send such requests after DNS
 * rebinding.
 *
 * @throws FedctlError exec.listen-failed
 */
export async function startCredentialsEndpoint({
  host,
  port,
  served,
}: CredentialsEndpointOptions): Promise<CredentialsEndpoint> {
  const authorizationToken = new Secret(randomBytes(32).toString('base64url'));
  let authority = '';
  const answer = async (request: HttpRequest): Promise<HttpAnswer> =>
    refusal(request, authority, authorizationToken) ?? answerOf(served());
  const server = await startLoopbackServer({ host, port, tls: undefined, answer }).catch((cause: unknown) => {
    throw listenFailed(host, port, cause);
  });
  authority = new URL(server.url).host;
  return { ...server, credentialsUrl: `${server.url}${PATH}`, authorizationToken };
}

/** Returns the failure for a port on which fedctl cannot listen. */
export function listenFailed(host: string, port: number, cause: unknown): FedctlError {
  const code = systemCode(cause) || 'without a code';
  const reason = code === 'EADDRINUSE' ? 'another program uses the port' : `system error ${code}`;
  return new FedctlError('exec.listen-failed', {
    message: `Cannot listen on ${host}:${port}: ${reason}.`,
    ...(code === 'EADDRINUSE' ? { command: program('ss', '-ltnp', `sport = :${port}`) } : {}),
    details: { host, port },
    cause,
  });
}

function refusal(request: HttpRequest, authority: string, token: Secret): HttpAnswer | null {
  const hosts = valuesOf(request, 'host');
  const local = `localhost:${new URL(`http://${authority}`).port}`;
  if (hosts.length !== 1 || (hosts[0] !== authority && hosts[0] !== local))
    return answered(403, { Code: 'Forbidden', Message: 'The Host header is invalid for this server.' });
  const [sent = '', ...others] = valuesOf(request, 'authorization');
  if (others.length > 0 || !equalInConstantTime(sent, token.reveal()))
    return answered(401, { Code: 'AccessDenied', Message: 'The authorization token is missing or invalid.' });
  if (request.target !== PATH)
    return answered(404, { Code: 'NotFound', Message: 'This path has no credentials.' });
  if (request.method !== 'GET')
    return answered(405, { Code: 'MethodNotAllowed', Message: 'Use GET to read credentials.' });
  return null;
}

function answerOf(served: ServedCredentials | null): HttpAnswer {
  if (served === null)
    return answered(503, { Code: 'Unavailable', Message: 'The session credentials could not be renewed.' });
  const { accessKeyId, secretAccessKey, sessionToken } = served.credentials;
  return answered(200, {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey.reveal(),
    Token: sessionToken?.reveal() ?? '',
    Expiration: rfc3339(served.expiresAt),
  });
}

function answered(status: number, body: Readonly<Record<string, string>>): HttpAnswer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status, headers, body: JSON.stringify(body) };
}

function valuesOf({ headers }: HttpRequest, wanted: string): readonly string[] {
  return headers.filter(([name]) => name === wanted).map(([, value]) => value);
}
