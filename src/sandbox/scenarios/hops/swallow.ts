import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import type { Listening } from './listen.ts';

/** Listens, says where, and never comes back to accept anybody. */
const LISTENER = `
const { createServer } = require('node:net');
const { parentPort } = require('node:worker_threads');
const server = createServer();
server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;

/** More than the queue of a backlog of 1 holds on Linux and macOS. */
const QUEUED = 8;

/**
 * A port of loopback that swallows packets as a firewall does: a thread listens there and accepts nobody, and its queue
 * is filled, so that the system drops whatever asks for a connection after that.
 */
export async function swallowPackets(): Promise<Listening> {
  const listener = new Worker(LISTENER, { eval: true });
  const port = await new Promise<number>((resolve, reject) => {
    listener.once('message', resolve).once('error', reject);
  });
  const queued = Array.from({ length: QUEUED }, () => fill(port));
  // The system accepts these on behalf of the thread; it takes the first ones only.
  await Promise.race(queued.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  return {
    port,
    async close() {
      for (const socket of queued) socket.destroy();
      await listener.terminate();
    },
  };
}

function fill(port: number): Socket {
  return connect(port, '127.0.0.1').on('error', () => {});
}
