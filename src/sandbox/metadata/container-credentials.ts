import { randomBytes, randomUUID } from 'node:crypto';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';
import type { LabSession } from '../aws/identities.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../aws/loopback-server.ts';
import { headerValue } from '../aws/sigv4.ts';
import type { LabLog } from '../log.ts';
import { credentialsMembers } from './role-session.ts';

export interface ContainerCredentialsOptions {
  /** The keys of the container's role at this moment. */
  readonly session: () => LabSession;
  readonly log: LabLog;
}

export interface ContainerCredentials extends LoopbackServer {
  /** For AWS_CONTAINER_CREDENTIALS_FULL_URI: the path is secret too. */
  readonly credentialsUri: string;
  /** For AWS_CONTAINER_AUTHORIZATION_TOKEN; it has to come back as it is. */
  readonly authorizationToken: string;
}

/**
 * Starts the endpoint where a container gets its role's keys (facts/aws.md 7.5): one path, one Authorization header,
 * verbatim. What AWS's agents say when they refuse is unverified beyond its shape, `{Code, Message}` under a status of
 * 4xx.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startContainerCredentials({
  session,
  log,
}: ContainerCredentialsOptions): Promise<ContainerCredentials> {
  const path = `/v2/credentials/${randomUUID()}`;
  const authorizationToken = randomBytes(32).toString('base64url');
  const server = await startLoopbackServer({
    name: 'container credentials endpoint',
    host: '127.0.0.1',
    port: 0,
    // Plain HTTP, also in a lab under TLS: AWS's own is.
    tls: undefined,
    answer: async (request) => {
      const fault = faultOf(request, path, authorizationToken);
      log.add({
        hop: 'metadata',
        action: `${request.method === 'GET' ? 'GET' : 'other'} container credentials`,
        principal: null,
        decision: fault === null ? 'allowed' : 'refused',
        reason: fault === null ? `credentials of ${session().principal.arn}` : fault.reason,
      });
      return fault === null ? keysOf(session()) : fault.answer;
    },
  });
  return { ...server, credentialsUri: `${server.url}${path}`, authorizationToken };
}

interface Fault {
  readonly answer: HttpAnswer;
  readonly reason: string;
}

function faultOf(request: HttpRequest, path: string, token: string): Fault | null {
  const fault = (status: number, code: string, message: string, reason = message): Fault => ({
    answer: { status, headers: JSON_TYPE, body: JSON.stringify({ Code: code, Message: message }) },
    reason: `HTTP ${status}: ${reason}`,
  });
  if (request.target !== path) return fault(404, 'NotFound', 'This path has no credentials.');
  if (request.method !== 'GET') return fault(405, 'MethodNotAllowed', 'Use GET to read credentials.');
  const sent = headerValue(request, 'authorization');
  if (sent !== undefined && equalInConstantTime(sent, token)) return null;
  return fault(
    401,
    'AccessDenied',
    'The authorization token is missing or invalid.',
    sent === undefined
      ? 'the Authorization header is missing'
      : 'the Authorization header does not belong to this container',
  );
}

function keysOf(session: LabSession): HttpAnswer {
  return {
    status: 200,
    headers: JSON_TYPE,
    body: JSON.stringify({ RoleArn: session.principal.arn, ...credentialsMembers(session) }),
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };
