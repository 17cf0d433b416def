import { compactVerify } from 'jose/jws/compact/verify';
import { importJWK } from 'jose/key/import';
import { isFedctlError } from '../../lib/core/errors.ts';
import { epoch } from '../../lib/core/time.ts';
import { type DecodedJwt, decodeJwt } from '../../lib/jwt/decode.ts';
import { AwsError } from './aws-error.ts';
import type { FindIssuerKeys } from './foreign-issuer.ts';
import type { LabAccount, OidcProvider } from './identities.ts';

/** The signature algorithms that AWS accepts, and their key types (facts/aws.md 6). */
const KEY_TYPES: ReadonlyMap<unknown, string> = new Map([
  ['RS256', 'RSA'],
  ['RS384', 'RSA'],
  ['RS512', 'RSA'],
  ['ES256', 'EC'],
  ['ES384', 'EC'],
  ['ES512', 'EC'],
]);

/**
 * Maximum time that `iat` and `nbf` can be in the future, in seconds. Values in the future are valid because
 * clocks differ.
 */
const LEEWAY = 300;

/** The identity that a verified token proves. */
export interface WebIdentity {
  readonly provider: OidcProvider;
  readonly audience: string;
  readonly subject: string;
  /** The text that describes the token in the log. It contains the jti and the kid, but never the token. */
  readonly evidence: string;
}

export interface ProofContext {
  /** The account of the role. The token is checked against the OpenID Connect providers in this account. */
  readonly account: LabAccount | undefined;
  /** The issuers of the accounts in this AWS partition. */
  readonly ownIssuers: readonly string[];
  readonly findKeys: FindIssuerKeys;
  readonly now: Date;
}

/**
 * Verifies a token from an external issuer for AssumeRoleWithWebIdentity. Checks format, issuer, audience,
 * signature and lifetime.
 *
 * The AWS documentation contains only codes and statuses, so the messages come from reports by AWS users
 * (facts/aws.md 6). The documentation also does not specify which claims cause IDPRejectedClaim. The lab
 * returns this error for a token that is not valid yet.
 *
 * @throws AwsError InvalidIdentityToken, ExpiredTokenException, IDPRejectedClaim, IDPCommunicationError
 */
export async function proveIdentity(token: string, world: ProofContext): Promise<WebIdentity> {
  const decoded = decode(token);
  const { header, payload } = decoded;
  const evidence = `token jti ${shown(payload['jti'])}, kid ${shown(header['kid'])}`;
  const invalid = (message: string, reason = message) => invalidToken(message, `${evidence}: ${reason}`);

  const provider = providerOf(payload['iss'], world, invalid);
  const audience = audienceOf(payload['aud'], provider, invalid);
  const subject = payload['sub'];
  if (typeof subject !== 'string' || subject === '') throw invalid('Missing a required claim: sub');
  const expires = payload['exp'];
  if (typeof expires !== 'number') throw invalid('Missing a required claim: exp');
  const issuedAt = payload['iat'];
  if (typeof issuedAt !== 'number') throw invalid('Missing a required claim: iat');

  await proveSignature(token, decoded, provider, world, evidence);

  const now = epoch(world.now);
  if (expires <= now) {
    throw new AwsError(
      'ExpiredTokenException',
      400,
      `Token expired: current date/time ${now} must be before the expiration date/time ${expires}`,
      `${evidence}: it expired ${now - expires} s ago`,
    );
  }
  const notBefore = typeof payload['nbf'] === 'number' ? payload['nbf'] : issuedAt;
  if (Math.max(notBefore, issuedAt) > now + LEEWAY) {
    throw new AwsError(
      'IDPRejectedClaim',
      403,
      'The identity provider reported that authentication failed: the token is not valid yet',
      `${evidence}: its validity period starts in ${Math.max(notBefore, issuedAt) - now} s`,
    );
  }
  return { provider, audience, subject, evidence };
}

type Invalid = (message: string, reason?: string) => AwsError;

function decode(token: string): DecodedJwt {
  try {
    return decodeJwt(token);
  } catch (error) {
    const reason = isFedctlError(error) ? error.message : 'the token is malformed';
    throw invalidToken(NO_JWT, reason);
  }
}

const NO_JWT =
  'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)';

function providerOf(issuer: unknown, { account, ownIssuers }: ProofContext, invalid: Invalid): OidcProvider {
  if (typeof issuer !== 'string') throw invalid('Missing a required claim: iss');
  if (ownIssuers.includes(issuer)) {
    throw invalid(
      'Tokens of GetWebIdentityToken cannot be exchanged within the partition that issued them.',
      `${shown(issuer)} is the issuer of an account in the same partition`,
    );
  }
  const provider = account?.oidcProviders.find((one) => one.issuer === issuer);
  if (provider !== undefined) return provider;
  const known = account?.oidcProviders.map((one) => one.issuer).join(', ') ?? '';
  throw invalid(
    `No OpenIDConnect provider found in your account for ${issuer}`,
    `account ${account?.id ?? '(none)'} trusts ${known === '' ? 'no external issuer' : `${known}, not ${shown(issuer)}`}`,
  );
}

function audienceOf(claim: unknown, { audiences }: OidcProvider, invalid: Invalid): string {
  const given = Array.isArray(claim) ? claim : [claim];
  if (given.length > 1) {
    throw invalid(
      'Incorrect token audience',
      `the token has ${given.length} audiences, but only one is allowed`,
    );
  }
  const [audience] = given;
  if (typeof audience !== 'string') throw invalid('Missing a required claim: aud');
  if (audiences.includes(audience)) return audience;
  throw invalid(
    'Incorrect token audience',
    `the provider expects audience ${audiences.map(shown).join(' or ')}, not ${shown(audience)}`,
  );
}

async function proveSignature(
  token: string,
  { header }: DecodedJwt,
  { issuer }: OidcProvider,
  { findKeys }: ProofContext,
  evidence: string,
): Promise<void> {
  const algorithm = header['alg'];
  const keyType = KEY_TYPES.get(algorithm);
  if (typeof algorithm !== 'string' || keyType === undefined) {
    throw invalidToken(NO_JWT, `${evidence}: AWS does not accept the algorithm ${shown(algorithm)}`);
  }
  const answer = await findKeys(issuer);
  if ('fault' in answer && answer.fault === 'unreachable') {
    throw new AwsError(
      'IDPCommunicationError',
      400,
      'The request could not be fulfilled because the identity provider could not be reached to verify the token',
      `${evidence}: ${answer.reason}`,
    );
  }
  const noKey = (reason: string) =>
    invalidToken(
      "Couldn't retrieve verification key from your identity provider,  please reference " +
        'AssumeRoleWithWebIdentity documentation for requirements',
      `${evidence}: ${reason}`,
    );
  if ('fault' in answer) throw noKey(answer.reason);
  const jwk = answer.keys.find(({ kid, kty }) => kid === header['kid'] && kty === keyType);
  if (header['kid'] === undefined || jwk === undefined) {
    throw noKey(`${issuer} publishes no ${keyType} key with this ID`);
  }
  try {
    await compactVerify(token, await importJWK(jwk, algorithm), { algorithms: [algorithm] });
  } catch (error) {
    const cause = error instanceof Error ? error.message : 'unknown';
    throw invalidToken(
      'Token signature invalid',
      `${evidence}: the signature does not match the key: ${cause}`,
    );
  }
}

function invalidToken(message: string, reason: string): AwsError {
  return new AwsError('InvalidIdentityToken', 400, message, reason);
}

/**
 * Formats a value from the token for the log. For a string, returns at most 200 characters in quotes. For all
 * other values, returns only the type.
 */
function shown(value: unknown): string {
  if (typeof value === 'string') return `"${value.slice(0, 200)}"`;
  return value === undefined ? 'missing' : typeof value;
}
