import { isIP } from 'node:net';
import type { AuthMechanismProperties, MongoClient, MongoClientOptions } from 'mongodb';
import type { LoginPlan } from '../connection.ts';
import type { Resolver } from '../context.ts';
import { FedctlError, isFedctlError } from '../errors.ts';
import { isLoopbackHost } from '../hosts.ts';
import { NEXT_ADDRESS_MS } from '../net/dial.ts';
import { parseConnectionString, secretsOf } from '../uri/connection-string.ts';
import { hostPort, type Target } from '../uri/target.ts';
import { guardFrames } from './frame-guard.ts';

/** What the driver calls when it wants to log in. */
export interface LoginCallbacks {
  readonly token: () => Promise<string>;
  readonly keys: () => Promise<{
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  }>;
}

/**
 * A new client for one login: one connection, no retries, and bounds on everything. A new one each time, because the
 * driver keeps a refused token for the life of its client (facts/mongodb.md 1.3).
 *
 * @param uri without anything about authentication
 * @throws FedctlError mongo.uri-invalid when the driver does not accept an option
 */
export async function createClient(
  uri: string,
  target: Target,
  plan: Pick<LoginPlan, 'mechanism' | 'timeoutMs'>,
  callbacks: LoginCallbacks,
  resolver: Resolver,
): Promise<MongoClient> {
  const { MongoClient } = await import('mongodb');
  await guardFrames();
  const parsed = parseConnectionString(uri);
  // Written out, so that the driver reads the very hosts that were dialled.
  if (target.srv === null) parsed.hosts = target.hosts.map(hostPort);
  const options: MongoClientOptions = {
    appName: 'fedctl',
    authMechanism: plan.mechanism,
    authSource: '$external',
    authMechanismProperties: propertiesOf(plan, target, callbacks),
    serverSelectionTimeoutMS: plan.timeoutMs,
    connectTimeoutMS: plan.timeoutMs,
    socketTimeoutMS: plan.timeoutMs,
    retryReads: false,
    retryWrites: false,
    maxPoolSize: 1,
    minPoolSize: 0,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    lookup: lookupThrough(resolver, target),
    // NODE_TLS_REJECT_UNAUTHORIZED=0 would switch verification off behind our back.
    ...(target.tls === 'verified' ? { rejectUnauthorized: true } : {}),
  };
  let client: MongoClient;
  try {
    client = new MongoClient(parsed.toString(), options);
  } catch (cause) {
    throw optionRefused(uri, cause);
  }
  if (
    target.tls === 'verified' &&
    (!client.options.tls || client.options.checkServerIdentity !== undefined)
  ) {
    throw new TypeError('the driver would not verify TLS');
  }
  return client;
}

/** ALLOWED_HOSTS of exactly the hosts named: the driver's own list knows Atlas and this machine only (facts/mongodb.md 1.5). */
function propertiesOf(
  { mechanism }: Pick<LoginPlan, 'mechanism'>,
  target: Target,
  { token, keys }: LoginCallbacks,
): AuthMechanismProperties {
  if (mechanism === 'MONGODB-AWS') return { AWS_CREDENTIAL_PROVIDER: keys };
  return {
    OIDC_CALLBACK: async () => ({ accessToken: await token() }),
    ALLOWED_HOSTS: target.hosts.map(({ host }) => host),
  };
}

type Lookup = NonNullable<MongoClientOptions['lookup']>;

/** Names as the Context resolves them, also those that a replica set tells of. */
function lookupThrough(resolver: Resolver, target: Target): Lookup {
  return (host, options, done) => {
    resolver.addresses(host).then(
      (found) => {
        // A plain-text login stays on this machine, whatever a resolver says about a name.
        const kept =
          target.tls === 'verified' ? found : found.filter(({ address }) => isLoopbackHost(address));
        const [first] = kept;
        if (first === undefined) done(new Error(`${host} has no address that may be used`), '', 0);
        else if (options.all === true) done(null, [...kept]);
        else done(null, first.address, isIP(first.address));
      },
      (error: NodeJS.ErrnoException) => done(error, '', 0),
    );
  };
}

function optionRefused(uri: string, cause: unknown): FedctlError {
  if (isFedctlError(cause)) return cause;
  const said = cause instanceof Error ? cause.message : String(cause);
  // The driver quotes values it does not like.
  const safe = secretsOf(uri).reduce((text, secret) => text.replaceAll(secret, '[secret]'), said);
  return new FedctlError('mongo.uri-invalid', {
    message: `The driver does not accept the connection string: ${safe.replace(/\.$/, '')}.`,
    likelyCause: 'An option of it is misspelled, or has a value that it cannot have.',
    remedy: 'correct the option named above',
  });
}
