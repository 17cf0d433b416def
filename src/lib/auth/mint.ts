import { rerun } from '../core/command-line.ts';
import { deadline, timedOut, underEither } from '../core/deadline.ts';
import { FedctlError, isFedctlError, type Warning } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import type { MintedToken, MintRequest, TokenSource } from '../core/token.ts';
import { readMintedToken } from '../jwt/minted-token.ts';
import type { Aws } from '../ports/aws.ts';
import { withRequest } from './mint-denied.ts';
import { validateMintRequest } from './mint-request.ts';

export { validateMintRequest };

/**
 * Validates the request and returns a TokenSource that mints a new token on every call.
 *
 * @param options.timeoutMs the time limit for minting one token, in milliseconds
 * @throws FedctlError the failures of `validateMintRequest`. `get` throws the failures of
 * `Sts.getWebIdentityToken`, aws.timeout, and aws.not-aws if the response is not the requested token.
 */
export function minting(
  aws: Aws,
  request: MintRequest,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): TokenSource {
  validateMintRequest(request);
  const mint = async (stopped: AbortSignal) => {
    const sts = await aws.sts();
    // The time limit does not include getting the credentials, because entering an MFA code may take longer
    // than the time limit.
    await aws.credentials(stopped);
    const bounded = deadline(stopped, options.timeoutMs);
    try {
      const { token } = await sts.getWebIdentityToken(request, bounded);
      return asAsked(mintedToken(token, sts.endpoint), request, sts.endpoint);
    } catch (error) {
      if (stopped.aborted) throw stopped.reason;
      if (!isFedctlError(error) && timedOut(bounded)) throw tooSlow(sts.endpoint, options.timeoutMs, error);
      throw isFedctlError(error) ? withRequest(error, request) : error;
    }
  };
  return {
    get: (signal) =>
      signal === undefined ? mint(options.signal) : underEither(options.signal, signal, mint),
  };
}

/**
 * Reads the claims of a token that STS returned.
 *
 * @param endpoint the STS endpoint that returned the token, for the failure message
 * @throws FedctlError aws.not-aws if the token is not a JWT or lacks a claim that AWS always sets
 * (facts/aws.md 3.1)
 */
export function mintedToken(token: Secret, endpoint: string): MintedToken {
  const minted = decoded(token, endpoint);
  if ('missing' in minted) throw notAToken(endpoint, 'a claim that AWS always sets is missing');
  return minted;
}

/**
 * Checks that the token matches the request. An emulator may return a different token. Without this check,
 * only the relying party would reject the token.
 */
function asAsked(minted: MintedToken, request: MintRequest, endpoint: string): MintedToken {
  const [signed, wanted] = [minted.algorithm, request.signingAlgorithm];
  if (signed !== wanted) {
    throw notAsAsked(endpoint, `it is signed with ${signed} instead of ${wanted}`, request);
  }
  const [names, asked] = [new Set(minted.audience), new Set(request.audience)];
  if (names.size !== asked.size || [...asked].some((audience) => !names.has(audience))) {
    throw notAsAsked(endpoint, 'it has a different audience than requested', request);
  }
  return minted;
}

/**
 * Returns the warnings for a token that AWS mints but that a relying party may reject (facts/aws.md 14.7).
 *
 * @param isForMongo whether the relying party is MongoDB. Other relying parties may require ES384.
 */
export function mintWarnings({ algorithm, audience }: MintedToken, isForMongo: boolean): readonly Warning[] {
  const warnings: Warning[] = [];
  if (algorithm === 'ES384' && isForMongo) {
    warnings.push({
      code: 'sts.es384-and-mongodb',
      message: 'MongoDB 7.0 and 8.0 accept RS256 only and reject this token.',
      remedy: 'For MongoDB, use RS256.',
      command: rerun({ set: { '--signing-algorithm': 'RS256' } }),
    });
  }
  if (audience.length > 1) {
    warnings.push({
      code: 'sts.several-audiences',
      message: `The token is valid for ${audience.length} relying parties. Each relying party can present the token to the others, and many relying parties reject a list in "aud".`,
      remedy: 'Mint a separate token for each relying party: "fedctl token --audience <audience>".',
    });
  }
  return warnings;
}

function decoded(token: Secret, endpoint: string) {
  try {
    return readMintedToken(token);
  } catch (error) {
    throw notAToken(endpoint, 'it is not a JWT', error);
  }
}

function notAToken(endpoint: string, why: string, cause?: unknown): FedctlError {
  return new FedctlError('aws.not-aws', {
    message: `${endpoint} responded, but did not return a valid token: ${why}.`,
    details: { endpoint },
    cause,
  });
}

function notAsAsked(endpoint: string, how: string, request: MintRequest): FedctlError {
  return new FedctlError('aws.not-aws', {
    message: `${endpoint} did not mint the requested token: ${how}.`,
    likelyCause: 'Tokens from AWS always match the request, so the server is not AWS but an emulator.',
    remedy:
      'Use an emulator that mints tokens as AWS does. To use AWS itself, run "unset AWS_ENDPOINT_URL_STS AWS_ENDPOINT_URL".',
    details: { endpoint, signingAlgorithm: request.signingAlgorithm, audience: request.audience },
  });
}

function tooSlow(endpoint: string, timeoutMs: number, cause: unknown): FedctlError {
  return new FedctlError('aws.timeout', {
    message: `${endpoint} did not mint a token within ${timeoutMs / 1000} s.`,
    details: { endpoint, timeoutMs },
    cause,
  });
}
