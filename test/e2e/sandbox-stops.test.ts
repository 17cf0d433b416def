import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { opMsg } from '../support/wire-client.ts';

const CROWD = 500;

/** Opens a socket that sends these bytes and then nothing. */
async function open(port: number, bytes: Buffer | string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** Stops the lab. Returns its exit code, and whether it exited within a second. */
async function stop(lab: RunningLab) {
  const since = performance.now();
  const code = await lab.stop();
  return { code, soon: performance.now() - since < 1000 };
}

const HELLO = opMsg({ hello: 1, $db: 'admin' });
/** The first bytes of a TLS handshake that does not continue. */
const HALF_A_HANDSHAKE = Buffer.from('16030100c8010000c4', 'hex');
const HALF_A_REQUEST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nAction=';

describe.each([
  { name: 'in the clear', flags: [] },
  { name: 'under TLS', flags: ['--tls'] },
])('SIGTERM $name', ({ flags }) => {
  // A busy machine can be slow once, but not three times.
  test(`ends the lab within a second, with ${CROWD} connections and half-finished requests open`, {
    retry: 2,
  }, async () => {
    const lab = await runLab(...flags);
    const port = (name: string) => Number(new URL(lab.env[name] ?? '').port);
    const ports = {
      mongod: port('FEDCTL_URI'),
      http: ['AWS_ENDPOINT_URL_STS', 'AWS_ENDPOINT_URL_IAM', 'FEDCTL_ISSUER'].map(port),
    };
    const firstBytes = flags.length === 0 ? HELLO.subarray(0, 20) : HALF_A_HANDSHAKE;
    const sockets = await Promise.all([
      ...Array.from({ length: CROWD }, (_, index) => open(ports.mongod, index % 2 ? firstBytes : HELLO)),
      ...ports.http.flatMap((each) => [
        open(each, ''),
        open(each, HALF_A_REQUEST),
        open(each, HALF_A_HANDSHAKE),
      ]),
    ]);
    // After this response, the lab has accepted all earlier connections. The test measures only the time to
    // stop.
    await fetch(lab.env['FEDCTL_SANDBOX_URL'] ?? '');
    expect(await stop(lab)).toEqual({ code: 0, soon: true });
    for (const socket of sockets) socket.destroy();
  });
});
