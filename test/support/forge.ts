import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

/** A key pair with the public key as the issuer publishes it. */
export interface ForgedKey {
  readonly privateKey: CryptoKey;
  /** The public key as AWS publishes it, with kid, use and alg (facts/aws.md 4). */
  readonly jwk: JWK & { readonly kid: string; readonly alg: string };
}

export async function forgeKey(alg: string, kid: string): Promise<ForgedKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, jwk: { ...(await exportJWK(publicKey)), use: 'sig', alg, kid } };
}

/** The current time in every test of tokens. */
export const NOW: Date = new Date('2026-11-22T12:00:00Z');
export const NOW_EPOCH: number = NOW.getTime() / 1000;

export const ISSUER = 'https://a1b2c3d4-0000-4000-8000-000000000001.tokens.sts.global.api.aws';
export const SUBJECT = 'arn:aws:iam::123456789012:role/outbound/deployer';
export const AUDIENCE = 'my-atlas';

/** A payload in the format of AWS (facts/aws.md 3), minted one minute ago and valid for five minutes. */
export function awsPayload(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    aud: AUDIENCE,
    sub: SUBJECT,
    'https://sts.amazonaws.com/': {
      aws_account: '123456789012',
      source_region: 'eu-west-1',
      principal_id: SUBJECT,
      original_session_exp: '2026-11-22T12:51:01Z',
    },
    iss: ISSUER,
    exp: NOW_EPOCH + 240,
    iat: NOW_EPOCH - 60,
    jti: '0f3c2a10-0000-4000-8000-000000000002',
    ...changes,
  };
}

/** Signs any payload with any header. */
export async function sign(
  key: ForgedKey,
  payload: Readonly<Record<string, unknown>> = awsPayload(),
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { kid, alg } = key.jwk;
  return new CompactSign(Buffer.from(JSON.stringify(payload)))
    .setProtectedHeader({ kid, typ: 'JWT', alg, ...header })
    .sign(key.privateKey);
}

/** The base64url encoding of a string or of an object's JSON, for token parts that libraries refuse to write. */
export function part(content: object | string): string {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return Buffer.from(text).toString('base64url');
}

/** A token with any header, payload and signature. */
export function raw(header: object | string, payload: object | string, signature = ''): string {
  return `${part(header)}.${part(payload)}.${signature}`;
}
