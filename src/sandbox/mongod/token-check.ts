import { compactVerify } from 'jose/jws/compact/verify';
import { isFedctlError } from '../../lib/core/errors.ts';
import { type DecodedJwt, decodeJwt } from '../../lib/jwt/decode.ts';
import { chooseIdentityProvider, decideToken, type RelyingParty } from '../../lib/trust/decide-token.ts';
import { type Refusal, refusalText } from '../../lib/trust/refusal.ts';
import type { DatabasePrincipal, Place } from '../../lib/trust/relying-party.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { serverTextOf } from './login-attempt.ts';
import { Refused } from './refused.ts';
import type { ServerVersion } from './versions.ts';

/** The leeway for `nbf`, in seconds. `exp` has no leeway. */
const NOT_BEFORE_LEEWAY = 60;
/** The maximum number of characters of a claim or a header parameter in the log. */
const SHOWN = 100;

export interface AcceptedToken {
  readonly principal: DatabasePrincipal;
  readonly expiresAt: Date;
  /** Details for the lab's log: the jti and the kid of the token. The log never contains the token. */
  readonly evidence: string;
}

export interface TokenCheckOptions {
  readonly keys: IssuerKeys;
  readonly relyingParty: RelyingParty;
  /** The server version. It determines which keys and algorithms the server accepts. */
  readonly serverVersion: ServerVersion;
  readonly place: Place;
}

/**
 * Checks a token as mongod does (facts/mongodb.md 1.6). Checks the header, the claims, the signature and the lifetime
 * of the token. Then checks that the database user exists.
 *
 * @throws Refused
 */
export async function checkToken(token: string, options: TokenCheckOptions): Promise<AcceptedToken> {
  const { header, payload } = decode(token);
  const evidence = `token jti ${shown(payload['jti'])}, kid ${shown(header['kid'])}`;
  const principal = typeof payload['sub'] === 'string' ? payload['sub'].slice(0, SHOWN) : null;
  const refuse = (reason: string, serverText = `AuthenticationFailed: ${reason}`): Refused =>
    new Refused(`${evidence}: ${reason}`, principal, serverText);
  const refuseAs = (refusal: Refusal): Refused => refuse(refusalText(refusal), serverTextOf(refusal));

  const keyId = header['kid'];
  if (typeof keyId !== 'string') throw refuse('the header has no kid');
  const { algorithms, foreignKeys } = options.serverVersion;
  const algorithm = algorithms.find((known) => known === header['alg']);
  if (algorithm === undefined) {
    throw refuse(`the algorithm ${shown(header['alg'])} is not ${algorithms.join(' or ')}`);
  }
  if (header['typ'] !== undefined && header['typ'] !== 'JWT') {
    throw refuse(`the type ${shown(header['typ'])} is not "JWT"`, 'Location7095401: Unknown type of token');
  }
  if (typeof payload['sub'] !== 'string') {
    const fault = payload['sub'] === undefined ? 'is missing' : 'format is not string';
    throw refuse('the claim "sub" is missing or not a string', `BadValue: Invalid JWT: 'sub' claim ${fault}`);
  }
  const expires = payload['exp'];
  if (typeof expires !== 'number') throw refuse('the claim "exp" is missing or not a number');

  const choice = chooseIdentityProvider(payload, options.relyingParty.identityProviders);
  if (!choice.accepted) throw refuseAs(choice.refusal);
  const lookup = await options.keys.find(choice.identityProvider.issuer, keyId, foreignKeys);
  if (!lookup.found) {
    throw lookup.fault === 'unknown-key'
      ? refuse(lookup.reason, `BadValue: Unknown JWT keyId << '${keyId}'`)
      : refuse(lookup.reason);
  }
  try {
    await compactVerify(token, lookup.key, { algorithms: [algorithm] });
  } catch (error) {
    const cause = error instanceof Error ? error.message : 'unknown';
    throw refuse(`the signature does not match the key of the issuer: ${cause}`);
  }

  const now = options.place.now.getTime() / 1000;
  if (expires <= now) {
    throw refuse(`the token expired ${Math.floor(now - expires)} s ago`, 'BadValue: Token is expired');
  }
  const notBefore = payload['nbf'];
  if (notBefore !== undefined && typeof notBefore !== 'number')
    throw refuse('the claim "nbf" is not a number');
  if (notBefore !== undefined && notBefore > now + NOT_BEFORE_LEEWAY) {
    throw refuse(
      `the token is not valid yet: nbf is ${Math.ceil(notBefore - now)} s in the future`,
      'BadValue: Token not yet valid',
    );
  }
  const decision = decideToken(payload, options.relyingParty, options.place);
  if (!decision.accepted) throw refuseAs(decision.refusal);
  return { principal: decision.principal, expiresAt: new Date(expires * 1000), evidence };
}

function decode(token: string): DecodedJwt {
  try {
    return decodeJwt(token);
  } catch (error) {
    throw new Refused(
      isFedctlError(error) ? error.message : 'the token is malformed',
      null,
      'BadValue: Invalid JWT: parsing failed',
    );
  }
}

/**
 * Formats a claim or a header parameter for the log. Quotes and shortens a string. Returns `missing` for an undefined
 * value, and the type of any other value.
 */
function shown(value: unknown): string {
  return typeof value === 'string'
    ? `"${value.slice(0, SHOWN)}"`
    : String(value === undefined ? 'missing' : typeof value);
}
