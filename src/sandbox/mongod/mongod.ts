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

/** The timeout for a client's TLS handshake in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;

const DEFAULT_CLUSTER = 'lab';

/** The options of the lab's MongoDB server. */
export interface MongodOptions {
  readonly log: LabLog;
  /**
   * Returns the current time of the lab. The server uses this time, for example, to check whether a token has expired.
   */
  readonly now: () => Date;
  /**
   * The address to listen on (default: `127.0.0.1`). A replica set announces this address if `announcedHost` is not
   * set.
   */
  readonly host?: string;
  /** The port to listen on (default: a free port). */
  readonly port?: number;
  /**
   * The server's certificate and private key in PEM format. If this option is set, the server accepts only TLS
   * connections.
   */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The network of a command that runs in its own Linux namespaces. The server also listens in this network. */
  readonly network?: CommandNetwork | undefined;
  /** The name of the replica set; null for a standalone server. This server is the only member of the replica set. */
  readonly replicaSet?: string | null;
  /** The host name that a replica set announces for this member (default: `host`). */
  readonly announcedHost?: string;
  /** The name of the cluster (default: `lab`). The server compares the name with the scopes of database users. */
  readonly cluster?: string;
  /** The initial settings (default: `defaultSettings`). */
  readonly settings?: Partial<MongodSettings>;
  /** Called before each message is processed. The server processes the message after the returned promise resolves. */
  readonly wait?: () => Promise<void>;
  /** Returns the current identity providers. The server calls this function for every login. */
  readonly identityProviders: () => readonly IdentityProvider[];
  readonly databaseUsers: () => readonly DatabaseUser[];
  /**
   * Called for every completed login, whether accepted or rejected. `failureReason` contains the reason for a
   * rejection.
   */
  readonly onLogin?: (attempt: LoginAttempt) => void;
  /** The URL of the STS that receives the replayed GetCallerIdentity requests. */
  readonly sts: { readonly url: string };
  /**
   * The CA certificate for connections to STS and the issuers, in PEM format (default: the CAs that Node.js trusts).
   */
  readonly ca?: string;
  /** The STS host in the requests that clients sign (default: `sts.amazonaws.com`). */
  readonly stsHost?: string;
}

export interface LabMongod {
  readonly host: string;
  readonly port: number;
  readonly cluster: string;
  /** The settings of the server. A change applies immediately. */
  readonly settings: MongodSettings;
  readonly failPoints: FailPoints;
  /** The databases of the server, shared by all clients. */
  readonly store: Store;
  /** Returns the number of open connections. */
  connections(): number;
  /** Closes all connections, as in a network failure. @returns the number of closed connections */
  dropConnections(): number;
  /** Stops the server within one second, even if clients are connected. */
  close(): Promise<void>;
}

/**
 * Starts the lab's MongoDB server. The server supports MONGODB-OIDC and MONGODB-AWS. It keeps all data in memory.
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
  // `maxConnections` limits the number of TCP sockets, including the sockets that have not completed the TLS handshake.
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
  // An error of the running server, for example too many open files, affects only one connection. The error must not
  // stop the server.
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

/**
 * Returns the log entry for a connection that exceeds the maximum number of connections. mongod closes such a
 * connection without an error message.
 */
function tooMany(socket: Socket, limit: number): Omit<LabLogEntry, 'at'> {
  return {
    hop: 'mongod',
    action: 'accept a connection',
    principal: null,
    decision: 'refused',
    reason: `${socket.remoteAddress ?? 'unknown'}:${socket.remotePort ?? 0}: the maximum of ${limit} open connections is reached`,
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
        ? `The lab's MongoDB server cannot listen on ${host}:${port}: the port is in use.`
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
