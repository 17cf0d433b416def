import { type HttpAnswer, type LoopbackServer, startLoopbackServer } from '../net/loopback-server.ts';
import { listenFailed } from './credentials-endpoint.ts';

/** The name of an output, and whether its current content is valid. */
export interface OutputState {
  readonly name: string;
  readonly ready: boolean;
}

/**
 * Serves GET /readyz: 200 if every output is valid now, otherwise 503. Both responses list the outputs and
 * contain no secrets.
 *
 * @throws FedctlError exec.listen-failed
 */
export async function serveReadiness(
  host: string,
  port: number,
  states: () => Promise<readonly OutputState[]>,
): Promise<LoopbackServer> {
  const answer = async ({ method, target }: { method: string; target: string }): Promise<HttpAnswer> => {
    if (target !== '/readyz') return answered(404, { error: 'not found' });
    if (method !== 'GET' && method !== 'HEAD') return answered(405, { error: 'method not allowed' });
    const outputs = await states();
    const ready = outputs.every((output) => output.ready);
    return answered(ready ? 200 : 503, { ready, outputs });
  };
  return startLoopbackServer({ host, port, tls: undefined, answer }).catch((cause: unknown) => {
    throw listenFailed(host, port, cause);
  });
}

function answered(status: number, body: object): HttpAnswer {
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  return { status, headers, body: JSON.stringify(body) };
}
