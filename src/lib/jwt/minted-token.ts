import type { Secret } from '../core/secret.ts';
import type { MintedToken } from '../core/token.ts';
import { decodeJwt } from './decode.ts';
import { numericDate } from './numeric-date.ts';

/** The first required header parameter or claim that a token lacks. */
export interface Missing {
  readonly missing: 'alg' | 'iss' | 'sub' | 'aud' | 'iat' | 'exp';
}

/**
 * Reads the claims of a token without verifying them.
 *
 * @param assumed the values to return for `algorithm` and `issuedAt` if the token does not contain these
 * values
 * @throws FedctlError jwt.not-a-jwt
 */
export function readMintedToken(
  token: Secret,
  assumed: Partial<Pick<MintedToken, 'algorithm' | 'issuedAt'>> = {},
): MintedToken | Missing {
  const { header, payload } = decodeJwt(token.reveal());
  const { iss, sub, aud, iat, exp, jti } = payload;
  const algorithm = typeof header['alg'] === 'string' ? header['alg'] : assumed.algorithm;
  const issuedAt = numericDate(iat) ?? assumed.issuedAt;
  const expiresAt = numericDate(exp);
  if (algorithm === undefined) return { missing: 'alg' };
  if (typeof iss !== 'string') return { missing: 'iss' };
  if (typeof sub !== 'string') return { missing: 'sub' };
  if (!isAudience(aud)) return { missing: 'aud' };
  if (issuedAt === undefined) return { missing: 'iat' };
  if (expiresAt === null) return { missing: 'exp' };
  return {
    token,
    issuer: iss,
    subject: sub,
    audience: typeof aud === 'string' ? [aud] : aud,
    algorithm,
    keyId: typeof header['kid'] === 'string' ? header['kid'] : null,
    tokenId: typeof jti === 'string' ? jti : null,
    issuedAt,
    expiresAt,
  };
}

function isAudience(aud: unknown): aud is string | readonly string[] {
  return typeof aud === 'string' || (Array.isArray(aud) && aud.every((each) => typeof each === 'string'));
}
