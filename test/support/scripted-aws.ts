import type { ResolvedCredentials } from '../../src/lib/core/credentials.ts';
import { FedctlError } from '../../src/lib/core/errors.ts';
import { Secret } from '../../src/lib/core/secret.ts';
import type { MintRequest } from '../../src/lib/core/token.ts';
import type { FailureCode } from '../../src/lib/failures/failures.ts';
import type { Aws, AwsSettings, EndpointOverride } from '../../src/lib/ports/aws.ts';
import { jwtOf } from './fake-aws.ts';

export const ACCOUNT = '123456789012';
export const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/team/alice`;
export const ISSUER = 'https://a1b2c3d4-0000-4000-8000-000000000000.tokens.sts.global.api.aws';

/** The result of one GetWebIdentityToken call: a token, or a failure with this code. */
export type MintStep = 'token' | FailureCode | (() => Promise<never>);

export interface Script {
  readonly callerArn?: string;
  readonly issuer?: string;
  /** The federation state of the account at the start. `info-denied`: enabled, but reading the state is denied. */
  readonly federation?: 'enabled' | 'disabled' | 'info-denied';
  /** The results of the calls in order. The last one repeats. */
  readonly mints?: readonly MintStep[];
  /** The subject of the tokens. */
  readonly subject?: string;
  readonly overrides?: readonly EndpointOverride[];
  readonly credentials?: Partial<ResolvedCredentials>;
  readonly notes?: readonly string[];
  /** Failures by method. */
  readonly fail?: Readonly<Record<string, FedctlError>>;
}

export interface ScriptedAws {
  readonly aws: (settings: AwsSettings) => Promise<Aws>;
  /** Every call to AWS, in order. */
  readonly calls: string[];
  readonly minted: MintRequest[];
}

/**
 * A scripted AWS: an account with a federation state, and a list of results for minting. It uses no network. For tests
 * of sessions, use `fakeAws`.
 */
export function scriptedAws({
  callerArn = USER_ARN,
  issuer = ISSUER,
  federation = 'disabled',
  mints = ['token'],
  subject = callerArn,
  overrides = [],
  credentials = {},
  notes = [],
  fail = {},
}: Script = {}): ScriptedAws {
  const calls: string[] = [];
  const minted: MintRequest[] = [];
  let enabled = federation !== 'disabled';
  async function called<T>(name: string, answer: () => T): Promise<T> {
    calls.push(name);
    const failure = fail[name];
    if (failure !== undefined) throw failure;
    return answer();
  }
  const aws: Aws = {
    region: async () => ({ name: 'eu-west-1', source: 'AWS_REGION' }),
    endpointOverrides: async () => overrides,
    credentials: async () => ({
      accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
      secretAccessKey: new Secret('wJalrXUtnFEMI-the-secret'),
      sessionToken: null,
      expiresAt: null,
      provider: 'environment',
      providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
      ...credentials,
    }),
    notes: async () => notes,
    sts: async () => ({
      region: 'eu-west-1',
      endpoint: 'https://sts.eu-west-1.amazonaws.com',
      getCallerIdentity: () =>
        called('getCallerIdentity', () => ({ account: ACCOUNT, arn: callerArn, userId: 'AIDAEXAMPLE' })),
      async getWebIdentityToken(request) {
        calls.push('getWebIdentityToken');
        const step = mints[Math.min(minted.length, mints.length - 1)] ?? 'token';
        minted.push(request);
        if (typeof step === 'function') return step();
        if (step !== 'token') throw failure(step);
        return { token: unprovenToken(issuer, subject, request), expiresAt: new Date(1_763_813_060_000) };
      },
      getSessionToken: () => Promise.reject(new Error('not scripted')),
      assumeRole: () => Promise.reject(new Error('not scripted')),
    }),
    iam: async () => ({
      endpoint: 'https://iam.amazonaws.com',
      enableOutboundFederation: () =>
        called('enableOutboundFederation', () => {
          const changed = !enabled;
          enabled = true;
          return { changed, issuer: changed ? issuer : null };
        }),
      disableOutboundFederation: () =>
        called('disableOutboundFederation', () => {
          const changed = enabled;
          enabled = false;
          return { changed };
        }),
      outboundFederationInfo: () =>
        called('outboundFederationInfo', () => {
          if (federation === 'info-denied') throw failure('iam.permission-missing');
          return enabled ? { enabled, issuer } : { enabled, issuer: null };
        }),
    }),
  };
  return { aws: async () => aws, calls, minted };
}

export function failure(code: FailureCode): FedctlError {
  return new FedctlError(code, { message: `AWS says ${code}.`, requestId: `request-of-${code}` });
}

/** An unsigned token, which is enough because a client does not verify a token that it received from AWS. */
function unprovenToken(iss: string, sub: string, { audience, durationSeconds }: MintRequest): Secret {
  const iat = 1_763_813_000;
  const header = { kid: 'RSA_0', typ: 'JWT', alg: 'RS256' };
  const payload = { aud: audience[0], sub, iss, exp: iat + durationSeconds, iat, jti: 'a-token-id' };
  return new Secret(jwtOf(header, payload));
}
