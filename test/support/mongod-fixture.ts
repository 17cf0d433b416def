import { Binary, BSON, type Document } from 'bson';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import type { DatabaseUser, IdentityProvider } from '../../src/lib/trust/relying-party.ts';
import { LabLog } from '../../src/sandbox/log.ts';
import { type LabMongod, type MongodOptions, startMongod } from '../../src/sandbox/mongod/mongod.ts';
import { type ForgedKey, forgeKey, sign } from './forge.ts';
import { type IssuerServer, startIssuer } from './issuer-server.ts';
import { type StsDouble, type StsIdentity, startStsDouble } from './sts-double.ts';
import { WireClient } from './wire-client.ts';

export const IDP_ID = '64a000000000000000000001';
export const AUDIENCE = 'mongodb://lab';
export const SUBJECT = 'arn:aws:iam::123456789012:role/app';
export const USERNAME = `${IDP_ID}/${SUBJECT}`;
export const USER_ARN = 'arn:aws:iam::123456789012:user/alice';

export const ALICE: StsIdentity = {
  accessKeyId: 'AKIDALICE',
  secretAccessKey: 'alice-secret',
  arn: USER_ARN,
};
export const SESSION: StsIdentity = {
  accessKeyId: 'ASIASESSION',
  secretAccessKey: 'session-secret',
  sessionToken: 'session-token',
  arn: 'arn:aws:sts::123456789012:assumed-role/app/i-0123',
};

/** A server with an issuer and an STS. Its trust settings can be changed while it runs. */
export interface MongodFixture {
  readonly mongod: LabMongod;
  readonly issuer: IssuerServer;
  readonly sts: StsDouble;
  readonly key: ForgedKey;
  readonly log: LabLog;
  identityProviders: IdentityProvider[];
  databaseUsers: DatabaseUser[];
  /** Moves the lab's clock forward. */
  advance(seconds: number): void;
  now(): Date;
  /** Valid claims, with some of them replaced. */
  claims(changes?: Record<string, unknown>): Record<string, unknown>;
  token(changes?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
  /** The reasons for rejected logins, in order. */
  refusals(): string[];
  /** Returns a connection that is authenticated with MONGODB-OIDC. */
  loggedIn(): Promise<WireClient>;
  /** Returns a client of the real driver that uses MONGODB-OIDC. */
  driver(options?: MongoClientOptions, query?: string): MongoClient;
  close(): Promise<void>;
}

export function databaseUser(username: string, changes: Partial<DatabaseUser> = {}): DatabaseUser {
  const isArn = username.startsWith('arn:');
  const awsIAMType = !isArn ? 'NONE' : username.includes(':role/') ? 'ROLE' : 'USER';
  return {
    username,
    database: '$external',
    oidcAuthType: isArn ? 'NONE' : 'USER',
    awsIAMType,
    roles: [{ role: 'atlasAdmin', db: 'admin' }],
    ...changes,
  };
}

/** Shared, because generating an RSA key takes longer than most tests. */
let sharedKey: Promise<ForgedKey> | null = null;

export async function startMongodFixture(
  options: Partial<MongodOptions> & {
    /** The TLS certificate of the issuer and the STS. */
    readonly neighbors?: { readonly key: string; readonly cert: string };
  } = {},
): Promise<MongodFixture> {
  const { neighbors, ...mongodOptions } = options;
  sharedKey ??= forgeKey('RS256', 'key-1');
  const key = await sharedKey;
  const issuer = await startIssuer([key.jwk], neighbors);
  const sts = await startStsDouble([ALICE, SESSION], neighbors);
  let ahead = 0;
  const now = (): Date => new Date(Date.now() + ahead);
  const log = new LabLog(now);
  const clients: (MongoClient | WireClient)[] = [];
  const fixture: Omit<MongodFixture, 'mongod'> = {
    issuer,
    sts,
    key,
    log,
    identityProviders: [
      {
        id: IDP_ID,
        displayName: 'lab',
        issuer: issuer.issuer,
        audience: AUDIENCE,
        userClaim: 'sub',
        authorizationType: 'USER',
      },
    ],
    databaseUsers: [databaseUser(USERNAME), databaseUser(SUBJECT), databaseUser(USER_ARN)],
    advance: (seconds) => {
      ahead += seconds * 1000;
    },
    now,
    claims: (changes = {}) => {
      const seconds = Math.floor(now().getTime() / 1000);
      return {
        iss: issuer.issuer,
        sub: SUBJECT,
        aud: AUDIENCE,
        iat: seconds,
        exp: seconds + 300,
        jti: 'jti-1',
        ...changes,
      };
    },
    token: (changes, header) => sign(key, fixture.claims(changes), header),
    refusals: () =>
      log
        .entries()
        .filter((entry) => entry.decision === 'refused')
        .map((entry) => entry.reason),
    loggedIn: async () => {
      const client = await WireClient.connect(mongod.port);
      clients.push(client);
      const reply = await client.command(saslStart(await fixture.token()), '$external');
      if (reply['ok'] !== 1) throw new Error('the login failed');
      return client;
    },
    driver: (clientOptions = {}, query = '') => {
      const client = new MongoClient(
        `mongodb://127.0.0.1:${mongod.port}/?authMechanism=MONGODB-OIDC&serverSelectionTimeoutMS=3000${query}`,
        {
          authMechanismProperties: {
            OIDC_CALLBACK: async () => ({ accessToken: await fixture.token() }),
            ALLOWED_HOSTS: ['127.0.0.1'],
          },
          ...clientOptions,
        },
      );
      clients.push(client);
      return client;
    },
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await Promise.all([mongod.close(), issuer[Symbol.asyncDispose](), sts.close()]);
    },
  };
  const mongod = await startMongod({
    log,
    now,
    identityProviders: () => fixture.identityProviders,
    databaseUsers: () => fixture.databaseUsers,
    sts: { url: sts.url },
    ...mongodOptions,
  });
  return Object.assign(fixture, { mongod });
}

export function saslStart(token: string): Document {
  return { saslStart: 1, mechanism: 'MONGODB-OIDC', payload: payload({ jwt: token }) };
}

export function payload(document: Document): Binary {
  return new Binary(BSON.serialize(document));
}
