import type {
  AssumeRoleRequest,
  ResolvedCredentials,
  SessionTokenRequest,
} from '../../src/lib/core/credentials.ts';
import { Secret } from '../../src/lib/core/secret.ts';
import { rfc3339 } from '../../src/lib/core/time.ts';
import type { MintRequest } from '../../src/lib/core/token.ts';
import type { Aws, AwsSettings } from '../../src/lib/ports/aws.ts';
import { part, raw } from './forge.ts';

const ACCOUNT = '123456789012';
const USER_ARN = `arn:aws:iam::${ACCOUNT}:user/alice`;
const ISSUER = 'https://0a1b2c3d.tokens.sts.global.api.aws';
const ENDPOINT = 'https://sts.eu-west-1.amazonaws.com/';

/** Long-term credentials of an IAM user, from the environment. */
export const USER_KEYS: ResolvedCredentials = {
  accessKeyId: 'AKIAALICE',
  secretAccessKey: new Secret('alice/secret'),
  sessionToken: null,
  expiresAt: null,
  provider: 'environment',
  providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
};

/** Session credentials, from a profile. */
export function sessionKeys(expiresAt: Date | null): ResolvedCredentials {
  return {
    accessKeyId: 'ASIASESSION',
    secretAccessKey: new Secret('session/secret'),
    sessionToken: new Secret('session/token'),
    expiresAt,
    provider: 'profile',
    providerDetail: 'profile "prod"',
  };
}

/** A call to STS, and the access key that signed the call. */
export interface StsCall {
  readonly by: string;
  readonly call: 'getCallerIdentity' | 'getWebIdentityToken' | 'getSessionToken' | 'assumeRole';
  readonly request?: MintRequest | AssumeRoleRequest | SessionTokenRequest;
}

export interface FakeAwsOptions {
  readonly now: () => Date;
  /** The credentials that the providers return. */
  readonly keys?: ResolvedCredentials;
  /** The expiration of the session behind `keys`, when `keys.expiresAt` is missing. */
  readonly sessionEnd?: Date;
  /** The token to return instead of a new token. */
  readonly vend?: (request: MintRequest, signal: AbortSignal) => Promise<string>;
}

/**
 * An STS that responds to every call immediately and records the calls and their access keys. It uses no network. Unlike
 * `scriptedAws`, it knows the key that signed a call, and has no IAM.
 */
export function fakeAws({ now, keys = USER_KEYS, sessionEnd, vend }: FakeAwsOptions): {
  readonly aws: (settings: AwsSettings) => Promise<Aws>;
  readonly calls: readonly StsCall[];
  readonly settings: readonly AwsSettings[];
} {
  const calls: StsCall[] = [];
  const seen: AwsSettings[] = [];
  const later = (seconds: number) => new Date(now().getTime() + seconds * 1000);
  const session = (name: string, seconds: number) => ({
    accessKeyId: `ASIA-${name}`,
    secretAccessKey: new Secret(`${name}/secret`),
    sessionToken: new Secret(`${name}/token`),
    expiresAt: later(seconds),
  });
  const aws = async (settings: AwsSettings): Promise<Aws> => {
    seen.push(settings);
    const own = settings.credentials ?? keys;
    const by = own.accessKeyId;
    return {
      region: async () => ({ name: 'eu-west-1', source: 'AWS_REGION' }),
      endpointOverrides: async () => [],
      credentials: async () => own,
      notes: async () => [],
      iam: () => Promise.reject(new Error('nobody asks for IAM here')),
      sts: async () => ({
        region: 'eu-west-1',
        endpoint: ENDPOINT,
        async getCallerIdentity() {
          calls.push({ by, call: 'getCallerIdentity' });
          return { account: ACCOUNT, arn: USER_ARN, userId: 'AIDAALICE' };
        },
        async getWebIdentityToken(request, signal) {
          calls.push({ by, call: 'getWebIdentityToken', request });
          const end = own.expiresAt ?? sessionEnd ?? null;
          const text = await (vend?.(request, signal) ?? forgedToken(request, now(), end));
          return { token: new Secret(text), expiresAt: later(request.durationSeconds) };
        },
        async getSessionToken(request) {
          calls.push({ by, call: 'getSessionToken', request });
          return session('user', request.durationSeconds ?? 43_200);
        },
        async assumeRole(request) {
          calls.push({ by, call: 'assumeRole', request });
          const role = request.roleArn.split('/').at(-1) ?? '';
          return {
            credentials: session(role, request.durationSeconds ?? 3600),
            arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${request.sessionName}`,
          };
        },
      }),
    };
  };
  return { aws, calls, settings: seen };
}

/** An unsigned token in the format of STS (facts/aws.md 3). Clients of STS do not verify the signature. */
export function forgedToken(request: MintRequest, now: Date, sessionEnd: Date | null = null): string {
  const iat = Math.floor(now.getTime() / 1000);
  const { audience, signingAlgorithm } = request;
  const header = {
    kid: signingAlgorithm === 'RS256' ? 'RSA_0' : 'EC384_0',
    typ: 'JWT',
    alg: signingAlgorithm,
  };
  const payload = {
    aud: audience.length === 1 ? audience[0] : audience,
    sub: USER_ARN,
    'https://sts.amazonaws.com/': {
      aws_account: ACCOUNT,
      source_region: 'eu-west-1',
      principal_id: USER_ARN,
      ...(sessionEnd === null ? {} : { original_session_exp: rfc3339(sessionEnd) }),
    },
    iss: ISSUER,
    exp: iat + request.durationSeconds,
    iat,
    jti: '11111111-2222-4333-8444-555555555555',
  };
  return jwtOf(header, payload);
}

/** Builds a token of three parts with an invalid signature. */
export function jwtOf(header: object, payload: object): string {
  return raw(header, payload, part('nobody'));
}
