import { once } from 'node:events';
import { type AddressInfo, createServer, isIPv6, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { FedctlError } from '../../lib/core/errors.ts';
import type { DatabaseUser, IdentityProvider } from '../../lib/trust/relying-party.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog, LabLogEntry } from '../log.ts';
import { serve } from './connection.ts';
import { Cursors } from './cursors.ts';
import { FailPoints } from './fail-points.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { LoginAttempt } from './login-attempt.ts';
import { RetriedWrites } from './retried-writes.ts';
import type { SaslMechanism } from './sasl.ts';
import { awsMechanism } from './sasl-aws.ts';
import { oidcMechanism } from './sasl-oidc.ts';
import type { ServerState } from './session.ts';
import { defaultSettings, type MongodSettings } from './settings.ts';
import { Store } from './store.ts';

/** A client that does not finish its TLS handshake is let go after this many milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

const DEFAULT_CLUSTER = 'lab';

/** What the lab's MongoDB server is started with. */
export interface MongodOptions {
  readonly log: LabLog;
  /** The lab's clock: tokens live and sessions expire by it. */
  readonly now: () => Date;
  /** Where to listen, and what a replica set announces. `127.0.0.1` unless given. */
  readonly host?: string;
  /** A free one unless given. */
  readonly port?: number;
  /** Speaks TLS, and nothing else, with this certificate. Both PEM. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Where it is reachable as well. */
  readonly network?: CommandNetwork | undefined;
  /** The name of the set of which this is the one member; null for a standalone. */
  readonly replicaSet?: string | null;
  /** The name that a replica set announces for this member; `host` unless given. */
  readonly announcedHost?: string;
  /** The cluster's name, which scopes of database users are compared with; `lab` unless given. */
  readonly cluster?: string;
  /** As in `defaultSettings` where not given. */
  readonly settings?: Partial<MongodSettings>;
  /** Called before each message is answered; makes the server slow. */
  readonly wait?: () => Promise<void>;
  /** Read at every login, so that a change counts from the next one on. */
  readonly identityProviders: () => readonly IdentityProvider[];
  readonly databaseUsers: () => readonly DatabaseUser[];
  /** Told of every login that came to its end, accepted or refused, with the reason in the server's words. */
  readonly onLogin?: (attempt: LoginAttempt) => void;
  /** Where signed GetCallerIdentity requests are replayed to. */
  readonly sts: { readonly url: string };
  /** The CA, PEM, that vouches for STS and the issuers; what Node.js trusts unless given. */
  readonly ca?: string;
  /** What is announced to clients as the host that they sign for. `sts.amazonaws.com` unless given. */
  readonly stsHost?: string;
}

export interface LabMongod {
  readonly host: string;
  readonly port: number;
  readonly cluster: string;
  /** May be changed at any time. */
  readonly settings: MongodSettings;
  readonly failPoints: FailPoints;
  /** Its databases: what is put there is there for every client. */
  readonly store: Store;
  /** How many clients are connected. */
  connections(): number;
  /** Closes every connection, as a network that fails does. @returns how many there were */
  dropConnections(): number;
  /** Ends within a second, whatever clients do. */
  close(): Promise<void>;
}

/**
 * Starts the lab's MongoDB server: both mechanisms, and a store in memory.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startMongod(options: MongodOptions): Promise<LabMongod> {
  const { host = '127.0.0.1', port = 0, tls, log, cluster = DEFAULT_CLUSTER } = options;
  const settings: MongodSettings = { ...defaultSettings(), ...options.settings };
  const failPoints = new FailPoints();
  const closing = new AbortController();
  const sockets = new Set<Socket>();
  const server =
    tls === undefined ? createServer() : createTlsServer({ ...tls, handshakeTimeout: HANDSHAKE_TIMEOUT });
  // The raw sockets, also those whose TLS handshake is not over yet.
  server.on('connection', (socket: Socket) => {
    if (sockets.size >= settings.maxConnections) {
      log.add(tooMany(socket, settings.maxConnections));
      socket.on('error', () => {}).destroy();
      return;
    }
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  await listen(server, host, port);
  // Out of file descriptors, for one: that connection is lost, the server goes on.
  server.on('error', () => {});
  const { port: bound } = server.address() as AddressInfo;
  const named = options.announcedHost ?? (isIPv6(host) ? `[${host}]` : host);
  const state = serverState(
    { ...options, cluster },
    { address: `${named}:${bound}`, settings, failPoints, closing: closing.signal },
  );
  let connections = 0;
  server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    if (socket.destroyed) return;
    connections += 1;
    socket.setNoDelay(true);
    void serve(socket, connections, state);
  });
  await options.network?.admit(server);
  return {
    host,
    port: bound,
    cluster,
    settings,
    failPoints,
    store: state.store,
    connections: () => sockets.size,
    dropConnections: () => {
      const open = [...sockets];
      for (const socket of open) socket.destroy();
      return open.length;
    },
    close: async () => {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** mongod hangs up on a client that it has no place for, without a word. */
function tooMany(socket: Socket, limit: number): Omit<LabLogEntry, 'at'> {
  return {
    hop: 'mongod',
    action: 'accept a connection',
    principal: null,
    decision: 'refused',
    reason: `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}: more than ${limit} connections are open`,
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen({ host, port });
    await once(server, 'listening');
  } catch (cause) {
    const taken = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
    throw new FedctlError(taken ? 'lab.port-taken' : 'lab.start-failed', {
      message: taken
        ? `Port ${port} on ${host} is in use: the lab's MongoDB server cannot listen there.`
        : `The lab's MongoDB server cannot listen on ${host}:${port}.`,
      details: { server: 'mongod', host, port },
      cause,
    });
  }
}

function serverState(
  options: MongodOptions & { readonly cluster: string },
  shared: Pick<ServerState, 'address' | 'settings' | 'failPoints' | 'closing'>,
): ServerState {
  const { log, now, replicaSet = null } = options;
  return {
    ...shared,
    log,
    now,
    startedAt: now(),
    replicaSet,
    wait: options.wait ?? (async () => {}),
    mechanisms: createMechanisms(options, shared),
    onLogin: options.onLogin ?? (() => {}),
    retriedWrites: new RetriedWrites(),
    store: new Store(),
    cursors: new Cursors(),
  };
}

function createMechanisms(
  options: MongodOptions & { readonly cluster: string },
  { settings, closing: signal }: Pick<ServerState, 'settings' | 'closing'>,
): ReadonlyMap<string, SaslMechanism> {
  const { now, ca, cluster, identityProviders, databaseUsers } = options;
  const keys = new IssuerKeys({ now, ca, signal });
  const place = () => ({ cluster, now: now() });
  const oidc = oidcMechanism(() => ({
    keys,
    relyingParty: { identityProviders: identityProviders(), databaseUsers: databaseUsers() },
    serverVersion: settings.serverVersion,
    place: place(),
  }));
  const aws = awsMechanism({
    stsHost: options.stsHost ?? 'sts.amazonaws.com',
    stsUrl: options.sts.url,
    ca,
    signal,
    databaseUsers,
    place,
  });
  return new Map([
    ['MONGODB-OIDC', oidc],
    ['MONGODB-AWS', aws],
  ]);
}
