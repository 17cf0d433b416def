import { isIP } from 'node:net';
import type { AuthMechanismProperties, MongoClient, MongoClientOptions } from 'mongodb';
import type { ConnectionString } from '../core/connection-string.ts';
import type { Resolver } from '../core/context.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { isLoopbackHost } from '../core/hosts.ts';
import { NEXT_ADDRESS_MS } from '../net/dial.ts';
import type { TlsSettings } from '../net/dial-tls.ts';
import type { LoginPlan } from '../ports/mongo.ts';
import { hostPort } from '../uri/host-port.ts';
import { plaintextMember } from '../uri/plaintext.ts';
import { DialGuard, guardDials, type Lookup } from './dial-guard.ts';
import { guardFrames } from './frame-guard.ts';
import { watchHandshake } from './handshake.ts';

let driver: Promise<typeof import('mongodb')> | undefined;

/**
 * Loads the driver once. Loading can take longer than a login. In the bundle, each additional
 * `import('mongodb')` would copy all exports of the driver.
 */
export function loadDriver(): Promise<typeof import('mongodb')> {
  driver ??= import('mongodb');
  return driver;
}

/** The callbacks that the driver calls to get the token or the AWS keys. */
export interface LoginCallbacks {
  readonly token: () => Promise<string>;
  readonly keys: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/** The parts of a login plan that are required to create a client. */
export type ClientPlan = Pick<
  LoginPlan,
  'uri' | 'mechanism' | 'timeoutMs' | 'refuseMember' | 'observeHandshake'
>;

/**
 * Creates a client for one login: one connection, no retries, and a limit on every wait. A client is not
 * reused, because the driver keeps a rejected token for the lifetime of its client (facts/mongodb.md 1.3).
 *
 * @throws FedctlError mongo.uri-invalid if the driver rejects an option
 */
export async function createClient(
  plan: ClientPlan,
  settings: TlsSettings,
  callbacks: LoginCallbacks,
  resolver: Resolver,
): Promise<MongoClient> {
  const { MongoClient } = await loadDriver();
  const { uri, refuseMember } = plan;
  const lookup = lookupThrough(resolver, uri);
  const named = new Set(uri.hosts.map(({ host }) => host));
  const guard = new DialGuard(
    (member) =>
      plaintextMember(uri, member) ?? (named.has(member.host) ? null : (refuseMember?.(member) ?? null)),
  );
  await guardFrames();
  await guardDials(lookup, guard);
  if (plan.observeHandshake !== undefined) await watchHandshake(lookup, plan.observeHandshake);
  const options: MongoClientOptions = {
    appName: 'fedctl',
    authMechanism: plan.mechanism,
    authSource: '$external',
    authMechanismProperties: propertiesOf(plan, guard, callbacks),
    serverSelectionTimeoutMS: plan.timeoutMs,
    connectTimeoutMS: plan.timeoutMs,
    socketTimeoutMS: plan.timeoutMs,
    retryReads: false,
    retryWrites: false,
    maxPoolSize: 1,
    minPoolSize: 0,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    lookup,
    ...(uri.replicaSet === null ? {} : { replicaSet: uri.replicaSet }),
    ...(uri.srv === null ? {} : { srvMaxHosts: uri.srv.maxHosts }),
    ...proxyOptions(uri),
    ...tlsOptions(uri, settings),
  };
  let client: MongoClient;
  try {
    client = new MongoClient(driverUri(uri), options);
  } catch (cause) {
    throw optionRefused(cause);
  }
  assertDecided(client, options);
  return client;
}

/**
 * Returns the connection string for the driver. This connection string contains only the options that the
 * driver must read itself, and the hosts to which fedctl has already connected.
 */
function driverUri({ hosts, srv, driverOptions }: ConnectionString): string {
  const query = new URLSearchParams();
  for (const [name, value] of driverOptions) query.append(name, value);
  return srv === null
    ? `mongodb://${hosts.map(hostPort).join(',')}/?${query}`
    : `mongodb+srv://${srv.host}/?${query}`;
}

function proxyOptions({ proxy }: ConnectionString): MongoClientOptions {
  if (proxy === null) return {};
  return {
    proxyHost: proxy.host,
    proxyPort: proxy.port,
    ...(proxy.username === null ? {} : { proxyUsername: proxy.username }),
    ...(proxy.password === null ? {} : { proxyPassword: proxy.password.reveal() }),
  };
}

/** Returns the TLS options for the driver, with the same certificates and settings as in the `tls` stage. */
function tlsOptions({ tls }: ConnectionString, settings: TlsSettings): MongoClientOptions {
  if (tls === 'off') return { tls: false };
  const { ca, crl, certificateKey, passphrase, verify, verifyName } = settings;
  return {
    tls: true,
    // `rejectUnauthorized` is set explicitly, because NODE_TLS_REJECT_UNAUTHORIZED=0 would disable
    // verification.
    rejectUnauthorized: verify,
    ...(verifyName ? {} : { checkServerIdentity: () => undefined }),
    ...(ca === undefined ? {} : { ca }),
    ...(crl === undefined ? {} : { crl }),
    ...(certificateKey === undefined ? {} : { cert: certificateKey, key: certificateKey }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
}

/** The options that determine who can read the traffic. The client must use the values that fedctl sets. */
const DECISIVE = [
  'tls',
  'ca',
  'rejectUnauthorized',
  'checkServerIdentity',
  'servername',
  'secureContext',
  'lookup',
  'proxyHost',
] as const;

function assertDecided({ options }: MongoClient, decided: MongoClientOptions): void {
  const changed = DECISIVE.find((name) => options[name] !== decided[name]);
  if (changed !== undefined) throw new TypeError(`the driver changed the option ${changed}`);
}

/**
 * Sets ALLOWED_HOSTS to the hosts in the connection string, because the default list of the driver contains
 * only Atlas and loopback hosts. The driver compares ALLOWED_HOSTS only with the hosts in the connection
 * string, not with members that a server reports later (facts/mongodb.md 1.5). The dial guard determines
 * to which of these members the driver may connect.
 */
function propertiesOf(
  { mechanism, uri }: ClientPlan,
  guard: DialGuard,
  { token, keys }: LoginCallbacks,
): AuthMechanismProperties {
  if (mechanism === 'MONGODB-AWS') {
    return {
      AWS_CREDENTIAL_PROVIDER: () => {
        guard.assertAsked();
        return keys();
      },
    };
  }
  return {
    OIDC_CALLBACK: async () => {
      guard.assertAsked();
      return { accessToken: await token() };
    },
    ALLOWED_HOSTS: uri.hosts.map(({ host }) => host),
  };
}

/**
 * Returns a lookup function that uses the resolver of the Context for all names, including the names of
 * replica set members.
 */
function lookupThrough(resolver: Resolver, { tls }: ConnectionString): Lookup {
  return (host, options, done) => {
    resolver.addresses(host).then(
      (found) => {
        // Without verified TLS, a login may use only loopback addresses, so all other addresses are removed.
        const kept = tls === 'verified' ? found : found.filter(({ address }) => isLoopbackHost(address));
        const [first] = kept;
        if (first === undefined) done(new Error(`${host} has no permitted IP address`), '', 0);
        else if (options.all === true) done(null, [...kept]);
        else done(null, first.address, isIP(first.address));
      },
      (error: NodeJS.ErrnoException) => done(error, '', 0),
    );
  };
}

function optionRefused(cause: unknown): FedctlError {
  if (isFedctlError(cause)) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  return new FedctlError('mongo.uri-invalid', {
    message: `The driver rejects the connection string: ${said.replace(/\.$/, '')}.`,
    likelyCause: 'An option has an invalid value.',
    remedy: 'Correct the option in the connection string, or remove it.',
  });
}
