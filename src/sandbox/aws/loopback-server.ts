import { FedctlError } from '../../lib/core/errors.ts';
import { systemCode } from '../../lib/core/system-error.ts';
import {
  type LoopbackServer,
  type LoopbackServerOptions,
  startLoopbackServer as startServer,
} from '../../lib/net/loopback-server.ts';
import type { Address, CommandNetwork } from '../isolation/command-network.ts';

export type { HttpAnswer, HttpRequest, LoopbackServer } from '../../lib/net/loopback-server.ts';

export interface LabServerOptions extends LoopbackServerOptions {
  /** The name of the server in failure messages, such as `STS`. */
  readonly name: string;
  /** The network of an isolated command. The server also listens in this network. */
  readonly network?: CommandNetwork | undefined;
  /** An additional address of the server in this network. */
  readonly alsoAt?: Address;
}

/**
 * Starts an HTTP server of the lab.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startLoopbackServer(options: LabServerOptions): Promise<LoopbackServer> {
  try {
    const { network, alsoAt } = options;
    return await startServer({ ...options, listening: async (server) => network?.admit(server, alsoAt) });
  } catch (cause) {
    throw startFailure(options, cause);
  }
}

function startFailure({ name, host, port }: LabServerOptions, cause: unknown): FedctlError {
  if (systemCode(cause) === 'EADDRINUSE') {
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
