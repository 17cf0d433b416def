// @ts-check
'use strict';
// `fedctl sandbox --isolate` starts this process in the Linux namespaces that isolate the command of the
// user. The process opens sockets there and passes the sockets to the lab. The lab runs outside the
// namespaces and accepts the connections. The namespaces exist as long as this process runs. The process
// exits when the lab exits.

const { createSocket } = require('node:dgram');
const { createServer } = require('node:net');
const { Worker } = require('node:worker_threads');

/** @typedef {{ id: number, kind: 'tcp' | 'udp' | 'worker', host: string, port: number, source?: string }} Request */

/** @type {Record<Request['kind'], (request: Request) => void>} */
const OPEN = {
  tcp({ id, host, port }) {
    const server = createServer().on('error', (error) => refuse(id, error));
    server.listen({ host, port }, () => process.send?.({ id }, server, () => server.close()));
  },
  udp({ id, host, port }) {
    const socket = createSocket('udp4').on('error', (error) => refuse(id, error));
    socket.bind(port, host, () => process.send?.({ id }, socket, () => socket.close()));
  },
  worker({ id, port, source = '' }) {
    const worker = new Worker(source, { eval: true, workerData: port });
    worker.on('error', (error) => refuse(id, error)).once('message', () => process.send?.({ id }));
  },
};

/**
 * @param {number} id
 * @param {Error} error
 */
function refuse(id, { message }) {
  process.send?.({ id, error: message });
}

process.on('disconnect', () => process.exit());
process.on('message', (/** @type {Request} */ request) => OPEN[request.kind](request));
process.send?.({ id: 0 });
