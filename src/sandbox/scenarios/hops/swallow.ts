import { Worker } from 'node:worker_threads';
import type { CommandNetwork } from '../../isolation/command-network.ts';
import type { Listening } from './listen.ts';

/**
 * A worker that listens, fills its own accept queue, posts its port, and never accepts a connection. The
 * operating system then drops all further connection requests. With a backlog of 1, fewer than eight
 * connections fill the queue on Linux and macOS.
 */
const LISTENER = `
const { connect, createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const server = createServer();
server.listen({ host: '127.0.0.1', port: workerData, backlog: 1 }, () => {
  const { port } = server.address();
  for (let queued = 0; queued < 8; queued += 1) connect(port, '127.0.0.1').on('error', () => {});
  // Node.js starts these connections at the next tick, and accepts connections later.
  process.nextTick(() => {
    parentPort.postMessage(port);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
});
`;

/**
 * Opens a port on loopback that drops packets, as a firewall does.
 *
 * @param network the network of an isolated command; the port also drops packets in this network
 */
export async function swallowPackets(network?: CommandNetwork): Promise<Listening> {
  const listener = new Worker(LISTENER, { eval: true, workerData: 0 });
  const port = await new Promise<number>((resolve, reject) => {
    listener.once('message', resolve).once('error', reject);
  });
  await network?.runWorker(LISTENER, port);
  return {
    port,
    async close() {
      await listener.terminate();
    },
  };
}
