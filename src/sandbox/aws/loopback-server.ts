import { FedctlError } from '../../lib/core/errors.ts';
import {
  type LoopbackServer,
  type LoopbackServerOptions,
  startLoopbackServer as startServer,
} from '../../lib/net/loopback-server.ts';

export type { HttpAnswer, HttpRequest, LoopbackServer } from '../../lib/net/loopback-server.ts';

export interface LabServerOptions extends LoopbackServerOptions {
  /** For people, when it cannot start: `STS`. */
  readonly name: string;
}

/**
 * Starts one HTTP server of the lab.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startLoopbackServer(options: LabServerOptions): Promise<LoopbackServer> {
  try {
    return await startServer(options);
  } catch (cause) {
    throw startFailure(options, cause);
  }
}

function startFailure({ name, host, port }: LabServerOptions, cause: unknown): FedctlError {
  if (cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE') {
    return new FedctlError('lab.port-taken', {
      message: `The lab's ${name} cannot listen on ${host}:${port}: the port is in use.`,
      details: { server: name, host, port },
      cause,
    });
  }
  return new FedctlError('lab.start-failed', {
    message: `The lab's ${name} cannot listen on ${host}${port === 0 ? '' : `:${port}`}.`,
    details: { server: name, host, port },
    cause,
  });
}
