import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { CertificateFaults } from '../../certificates.ts';
import type { Stage } from '../stage.ts';
import { listen } from './listen.ts';
import { dialDatabase } from './wire.ts';

/** The fatal TLS alert `internal_error`. Atlas sends this alert (facts/mongodb.md 9, row 1). */
const ALERT_80 = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 80]);

/**
 * Starts a TLS proxy in front of the lab's MongoDB server, and makes the command connect to the proxy. The
 * proxy has its own certificate and CA.
 *
 * @param trusted whether the connection string contains the path of the proxy's CA certificate
 */
export async function frontTls(
  stage: Stage,
  {
    trusted,
    ...certificate
  }: CertificateFaults & {
    readonly trusted: boolean;
    readonly names?: readonly string[];
  },
): Promise<void> {
  const { ca, server } = await tlsFront(stage, certificate);
  const { port } = stage.keep(await listen(server, stage.lab.network));
  const caFile = trusted ? { tlsCAFile: await stage.file('ca.pem', ca) } : {};
  stage.useDatabase(port, { tls: 'true', ...caFile });
}

/**
 * Makes the command connect to a proxy for the lab's MongoDB server. The proxy rejects TLS handshakes with
 * alert 80 if this machine is not on the access list, or if the cluster is paused.
 */
export async function refuseTls(stage: Stage): Promise<void> {
  const { atlas } = stage.lab;
  const { ca, server: front } = await tlsFront(stage, {});
  const server = createServer((socket) => {
    socket.on('error', () => {});
    const refused = !atlas.admits('127.0.0.1') || atlas.cluster(stage.cluster)?.paused === true;
    if (refused) socket.once('data', () => socket.end(ALERT_80));
    else front.emit('connection', socket);
  });
  const { port } = stage.keep(await listen(server, stage.lab.network));
  stage.useDatabase(port, { tls: 'true', tlsCAFile: await stage.file('ca.pem', ca) });
}

/**
 * Creates a server that terminates TLS and forwards the data to the lab's MongoDB server.
 *
 * @returns the server, which is not listening yet, and its CA certificate
 */
async function tlsFront(
  stage: Stage,
  { names = [], ...faults }: CertificateFaults & { readonly names?: readonly string[] },
) {
  const { createCertificates } = await import('../../certificates.ts');
  const { ca, cert, key } = await createCertificates(stage.later(0), names, faults);
  const server = createTlsServer({ cert, key });
  server.on('secureConnection', (socket: Socket) => {
    const database = dialDatabase(stage);
    socket.on('error', () => {}).on('close', () => database.destroy());
    socket.pipe(database).pipe(socket);
  });
  return { ca, server };
}
