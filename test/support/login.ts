import type { Resolver } from '../../src/lib/core/context.ts';
import { type FedctlError, isFedctlError } from '../../src/lib/core/errors.ts';
import { Redactor } from '../../src/lib/core/redactor.ts';
import { Secret } from '../../src/lib/core/secret.ts';
import type { MintedToken } from '../../src/lib/core/token.ts';
import { createMongo } from '../../src/lib/mongo/mongo.ts';
import type { LoginKeys, LoginPlan, ServerIdentity, StageEvent } from '../../src/lib/ports/mongo.ts';
import { parseConnectionString } from '../../src/lib/uri/connection-string.ts';

/** The current time in every login. */
export const NOW = new Date('2026-11-22T12:00:00Z');

export const SUBJECT = 'arn:aws:iam::123456789012:role/team/app';

/** An unsigned token for a scripted server. */
export const TOKEN: MintedToken = {
  token: new Secret('header.payload.signature'),
  issuer: 'https://issuer.test',
  subject: SUBJECT,
  audience: ['my-atlas'],
  algorithm: 'RS256',
  keyId: 'RSA_0',
  tokenId: 'id',
  issuedAt: NOW,
  expiresAt: new Date('2026-11-22T12:05:00Z'),
};

export const KEYS: LoginKeys = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: new Secret('secret'),
  sessionToken: new Secret('session'),
  expiresAt: null,
  arn: 'arn:aws:sts::123456789012:assumed-role/app/me',
  databaseUser: { username: 'arn:aws:iam::123456789012:role/app', awsIAMType: 'ROLE' },
  providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
};

/** Resolves every name to this machine, and returns the given records. */
export function loopbackResolver(given: Partial<Resolver> = {}): Resolver {
  const none = () => Promise.reject(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }));
  return {
    addresses: async () => [{ address: '127.0.0.1', family: 4 }],
    srv: none,
    txt: none,
    ...given,
  };
}

export interface LoginAttempt extends Partial<Omit<LoginPlan, 'uri'>> {
  readonly uri: string;
  readonly resolver?: Resolver;
  readonly signal?: AbortSignal;
  /** Called with each completed stage. */
  readonly observe?: (event: StageEvent) => void;
}

export interface LoginOutcome {
  readonly stages: readonly StageEvent[];
  /** The stages as text, for example `resolve pass, tcp pass, tls skip, hello fail`. */
  readonly path: string;
  readonly identity: ServerIdentity | null;
  readonly failure: FedctlError | null;
}

/** Runs one login with the real driver. The clock does not move, so each stage takes 0 ms. Rethrows other errors. */
export async function attemptLogin({
  resolver = loopbackResolver(),
  signal = new AbortController().signal,
  observe = () => {},
  uri,
  ...plan
}: LoginAttempt): Promise<LoginOutcome> {
  const mongo = await createMongo({
    redactor: new Redactor(),
    resolver,
    now: () => NOW,
    sleep: async () => {},
    cwd: '/',
  });
  const stages: StageEvent[] = [];
  const note = (event: StageEvent) => {
    stages.push(event);
    observe(event);
  };
  const path = () => stages.map(({ id, status }) => `${id} ${status}`).join(', ');
  const full = (): LoginPlan => ({
    uri: parseConnectionString(uri),
    mechanism: 'MONGODB-OIDC',
    timeoutMs: 5000,
    tokenSource: { get: async () => TOKEN },
    credentials: async () => KEYS,
    ...plan,
  });
  try {
    const identity = await mongo.login(full(), note, signal);
    return { stages, path: path(), identity, failure: null };
  } catch (failure) {
    if (!isFedctlError(failure)) throw failure;
    return { stages, path: path(), identity: null, failure };
  }
}
