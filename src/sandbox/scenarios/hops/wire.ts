import { connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, connect as tlsConnect } from 'node:tls';
import { FrameReader } from '../../mongod/frames.ts';
import { parseMessage } from '../../mongod/message.ts';
import type { Stage } from '../stage.ts';
import { listen } from './listen.ts';

/**
 * Starts a proxy in front of the lab's MongoDB server, and makes the fedctl command of the scenario connect to
 * the proxy. The proxy parses every message from the client. If the lab uses TLS, the proxy uses the lab's
 * certificate.
 *
 * @param act receives the name of the MongoDB command in each message. Returns `pass` to forward the message,
 * or `cut` to close the connection.
 */
export async function frontWire(stage: Stage, act: (command: string) => 'pass' | 'cut'): Promise<void> {
  const { tls } = stage.lab;
  const server = tls === null ? createServer() : createTlsServer({ key: tls.key, cert: tls.cert });
  server.on(tls === null ? 'connection' : 'secureConnection', (socket: Socket) => {
    void relay(socket, dialDatabase(stage), act);
  });
  const { port } = stage.keep(await listen(server, stage.lab.network));
  stage.useDatabase(port, tls === null ? {} : { tls: 'true', tlsCAFile: tls.caFile });
}

/** Opens a connection to the lab's MongoDB server. */
export function dialDatabase({ lab: { mongod, tls } }: Stage): Socket {
  const { host, port } = mongod;
  const socket =
    tls === null ? connect({ host, port }) : tlsConnect({ host, port, ca: tls.ca, servername: '' });
  return socket.on('error', () => {});
}

async function relay(
  client: Socket,
  database: Socket,
  act: (command: string) => 'pass' | 'cut',
): Promise<void> {
  const frames = new FrameReader();
  client.on('error', () => {}).on('close', () => database.destroy());
  database.pipe(client);
  try {
    for await (const chunk of client) {
      for (const frame of frames.push(chunk as Buffer)) {
        const [command = ''] = Object.keys(parseMessage(frame).body);
        if (act(command) === 'cut') return;
        database.write(frame);
      }
    }
  } catch {
    // The client disconnected or sent an invalid message. The connection is closed in both cases.
  } finally {
    client.destroy();
    database.destroy();
  }
}
