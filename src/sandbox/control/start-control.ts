import { isFedctlError } from '../../lib/core/errors.ts';
import { isRecord } from '../../lib/core/record.ts';
import type { Secret } from '../../lib/core/secret.ts';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';
import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../aws/loopback-server.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';
import type { LabControls } from './controls.ts';
import { CONTROL_API } from './marker.ts';
import { ROUTES, RouteInput } from './routes.ts';

export interface ControlOptions {
  readonly controls: LabControls;
  readonly log: LabLog;
  /** The bearer token that clients must send. */
  readonly token: Secret;
  readonly port: number;
  /** The network of an isolated command. The control API also listens in this network. */
  readonly network: CommandNetwork | undefined;
}

const HOST = '127.0.0.1';
const LARGEST_BODY = 16 * 1024;

/**
 * Starts the control API. The API uses plain http on loopback, even in a lab with TLS, because it is not an
 * emulated service and must respond during every fault.
 *
 * Requests require the token of this lab. The API also rejects requests from web pages. To prevent DNS
 * rebinding, the Host header must contain the address of the API. An Origin header is not allowed. A request
 * with a body must declare JSON as its content type.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startControl(options: ControlOptions): Promise<LoopbackServer> {
  const { log } = options;
  let authority = '';
  const server = await startLoopbackServer({
    name: 'control API',
    host: HOST,
    port: options.port,
    tls: undefined,
    network: options.network,
    largestBody: LARGEST_BODY,
    answer: async (request) => {
      const refusal = intruder(request, authority, options.token);
      if (refusal === null) return await perform(request, options);
      const action = request.method.slice(0, 10);
      log.add({ hop: 'control', action, principal: null, decision: 'refused', reason: refusal.reason });
      return json(refusal.status, { error: { message: refusal.reason } }, refusal.headers);
    },
  });
  authority = new URL(server.url).host;
  return server;
}

interface Refusal {
  readonly status: number;
  readonly reason: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Returns the reason to reject a request. Returns null if the request has the token and does not come from a
 * web page.
 */
function intruder({ headers }: HttpRequest, authority: string, token: Secret): Refusal | null {
  const all = (name: string) => headers.filter(([header]) => header === name).map(([, value]) => value);
  const [host, ...hosts] = all('host');
  if (host !== authority || hosts.length > 0) {
    return { status: 421, reason: 'the Host header is not the address of the control API' };
  }
  if (all('origin').length > 0) return { status: 403, reason: 'web pages cannot call the control API' };
  const [sent = '', ...others] = all('authorization');
  if (others.length === 0 && equalInConstantTime(sent, `Bearer ${token.reveal()}`)) return null;
  return {
    status: 401,
    reason: sent === '' ? 'the bearer token is missing' : 'the bearer token does not belong to this lab',
    headers: { 'www-authenticate': 'Bearer' },
  };
}

async function perform(request: HttpRequest, { controls, log }: ControlOptions): Promise<HttpAnswer> {
  const [path = '', query = ''] = request.target.split('?', 2);
  const route = Object.entries(ROUTES).find(([name]) => name === `${request.method} ${path}`)?.[1];
  if (route === undefined) {
    const allow = Object.keys(ROUTES)
      .filter((name) => name.endsWith(` ${path}`))
      .map((name) => name.slice(0, name.indexOf(' ')));
    return allow.length === 0
      ? json(404, { error: { message: 'the control API does not have this path' } })
      : json(
          405,
          { error: { message: 'the path does not support this method' } },
          { allow: allow.join(', ') },
        );
  }
  const members = request.method === 'GET' ? Object.fromEntries(new URLSearchParams(query)) : body(request);
  if (members === null) return json(415, { error: { message: 'the body must be a single JSON object' } });
  try {
    const answer = json(200, await route(new RouteInput(members), { controls, log }));
    // The lab stops only after it has sent the response. If it stopped earlier, the client would receive no
    // response.
    return path === '/v1/stop' ? { ...answer, sent: () => controls.stop() } : answer;
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    const { code, message, likelyCause, remedy, details } = error;
    return json(422, { error: { code, message, likelyCause, remedy, details } });
  }
}

/**
 * Returns the properties of a body. Returns no properties for an empty body. Returns null if the body is not
 * a JSON object, or if the content type is not JSON.
 */
function body({ headers, body: bytes }: HttpRequest): Readonly<Record<string, unknown>> | null {
  if (bytes.length === 0) return {};
  const type = headers.find(([name]) => name === 'content-type')?.[1] ?? '';
  if (!/^application\/json\b/i.test(type)) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isRecord(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      [CONTROL_API]: '1',
      ...headers,
    },
    body: JSON.stringify(value),
  };
}
