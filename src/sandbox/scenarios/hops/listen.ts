import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { FedctlError } from '../../../lib/core/errors.ts';
import type { CommandNetwork } from '../../isolation/command-network.ts';

/** A server on loopback that belongs to a scenario. */
export interface Listening {
  readonly port: number;
  /** Closes the server immediately, even if connections are open. */
  close(): Promise<void>;
}

/**
 * Starts a server on a free port of 127.0.0.1.
 *
 * @param network the network of an isolated command; the server also listens in this network
 * @throws FedctlError lab.start-failed
 */
export async function listen(server: Server, network?: CommandNetwork): Promise<Listening> {
  const sockets = new Set<Socket>();
  // Collects all TCP sockets, including sockets that are still in a TLS handshake.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  // TLS errors are expected, because the clients of some scenarios abort the handshake.
  server.on('tlsClientError', () => {});
  try {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await network?.admit(server);
  } catch (cause) {
    throw new FedctlError('lab.start-failed', {
      message: 'The lab cannot listen on 127.0.0.1.',
      cause,
    });
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
