import type { LabSession } from '../aws/identities.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../aws/loopback-server.ts';
import { headerValue } from '../aws/sigv4.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';
import { credentialsMembers } from './role-session.ts';

export interface ContainerCredentialsOptions {
  /** Returns the current session of the container's role. */
  readonly session: () => LabSession;
  readonly log: LabLog;
  /** The only path that returns credentials. */
  readonly path: string;
  /** Returns whether the value of an Authorization header is valid for this container. */
  readonly authorizes: (sent: string) => boolean;
  /** Returns the properties that the platform adds to the credentials. */
  readonly members: (session: LabSession) => Readonly<Record<string, string>>;
  /**
   * The address of the endpoint on the real platform, where the port is 80. If `open` is true, requests to
   * this host need no Authorization header.
   */
  readonly linkLocal: { readonly host: string; readonly open: boolean };
  readonly network: CommandNetwork | undefined;
}

export interface ContainerCredentials extends LoopbackServer {
  /** The URL of the endpoint, for AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly credentialsUri: string;
}

/**
 * Starts the endpoint that returns the credentials of a container's role (facts/aws.md 7.5). The endpoint has
 * one path, and compares the Authorization header byte for byte. Error responses have the format `{Code,
 * Message}` and a 4xx status. The other details of error responses are unverified.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startContainerCredentials(
  options: ContainerCredentialsOptions,
): Promise<ContainerCredentials> {
  const { session, log, path, linkLocal } = options;
  const server = await startLoopbackServer({
    name: 'container credentials endpoint',
    host: '127.0.0.1',
    port: 0,
    // Uses plain HTTP even in a lab with TLS, because the endpoint in AWS uses HTTP.
    tls: undefined,
    network: options.network,
    alsoAt: { host: linkLocal.host, port: 80 },
    answer: async (request) => {
      const fault = faultOf(request, options);
      log.add({
        hop: 'metadata',
        action: `${request.method === 'GET' ? 'GET' : 'other'} container credentials`,
        principal: null,
        decision: fault === null ? 'allowed' : 'refused',
        reason: fault === null ? `returned credentials for ${session().principal.arn}` : fault.reason,
      });
      return fault === null ? keysOf(session(), options) : fault.answer;
    },
  });
  return { ...server, credentialsUri: `${server.url}${path}` };
}

interface Fault {
  readonly answer: HttpAnswer;
  readonly reason: string;
}

function faultOf(
  request: HttpRequest,
  { path, authorizes, linkLocal }: ContainerCredentialsOptions,
): Fault | null {
  const fault = (status: number, code: string, message: string, reason = message): Fault => ({
    answer: { status, headers: JSON_TYPE, body: JSON.stringify({ Code: code, Message: message }) },
    reason: `HTTP ${status}: ${reason}`,
  });
  if (request.target !== path) return fault(404, 'NotFound', 'This path has no credentials.');
  if (request.method !== 'GET') return fault(405, 'MethodNotAllowed', 'Use GET to read credentials.');
  if (linkLocal.open && request.localAddress === linkLocal.host) return null;
  const sent = headerValue(request, 'authorization');
  if (sent !== undefined && authorizes(sent)) return null;
  return fault(
    401,
    'AccessDenied',
    'The authorization token is missing or invalid.',
    sent === undefined
      ? 'the Authorization header is missing'
      : 'the Authorization header is not valid for this container',
  );
}

function keysOf(session: LabSession, { members }: ContainerCredentialsOptions): HttpAnswer {
  return {
    status: 200,
    headers: JSON_TYPE,
    body: JSON.stringify({ ...members(session), ...credentialsMembers(session) }),
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };
