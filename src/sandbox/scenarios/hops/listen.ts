import { once } from 'node:events';
import type { AddressInfo, Server, Socket } from 'node:net';
import { FedctlError } from '../../../lib/core/errors.ts';
import type { CommandNetwork } from '../../isolation/command-network.ts';

/** A server of a scenario that listens on loopback. */
export interface Listening {
  readonly port: number;
  /** Closes immediately, even with open connections. */
  close(): Promise<void>;
}

/**
 * Starts a server on a free port of 127.0.0.1.
 *
 * @param network the network of an isolated command, in which the server is also reachable
 * @throws FedctlError lab.start-failed
 */
export async function listen(server: Server, network?: CommandNetwork): Promise<Listening> {
  const sockets = new Set<Socket>();
  // Collects the TCP sockets, which include those in a TLS handshake.
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  // Ignores TLS errors, because clients of some scenarios abort the handshake.
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
