import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { CertificateFaults } from '../../certificates.ts';
import type { Stage } from '../stage.ts';
import { listen } from './listen.ts';
import { dialDatabase } from './wire.ts';

/** An alert of level fatal, `internal_error`, as Atlas sends it (facts/mongodb.md 9, row 1). */
const ALERT_80 = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 80]);

/**
 * Puts a front before the lab's MongoDB server that speaks TLS with a certificate of its own, under a CA of its own, and
 * points the command at it.
 *
 * @param trusted whether the connection string names that CA
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

/** Points the command at a server that answers each TLS handshake with alert 80 while Atlas lets nobody here in. */
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

/** A server, not yet listening, that ends TLS and hands on to the lab's MongoDB server; and its CA. */
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
