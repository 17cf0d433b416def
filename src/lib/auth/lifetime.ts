import { rerun } from '../core/command-line.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { memberOf } from '../core/record.ts';
import { rfc3339 } from '../core/time.ts';
import { MINT_LIMITS, type MintRequest } from '../core/token.ts';
import { decodeJwt } from '../jwt/decode.ts';
import type { Aws } from '../ports/aws.ts';
import { minting } from './mint.ts';
import { validateMintRequest } from './mint-request.ts';

/**
 * The requested lifetime of a token, in seconds. `auto` means the longest lifetime that AWS and the session
 * of the caller allow.
 */
export type WantedDuration = number | 'auto';

export interface WantedToken extends Omit<MintRequest, 'durationSeconds'> {
  readonly durationSeconds: WantedDuration;
}

/**
 * The margin in seconds for the lifetime `auto`: the token expires this much earlier than the session. AWS
 * requires that the token expires before the session (facts/aws.md 2.4). The margin allows for the duration
 * of the request and for clock differences.
 */
const MARGIN_SECONDS = 30;

/**
 * Validates the values of a request that can be checked without the session of the caller.
 *
 * @throws FedctlError the failures of `validateMintRequest`
 */
export function validateWantedToken(wanted: WantedToken): void {
  const { durationSeconds } = wanted;
  validateMintRequest({
    ...wanted,
    durationSeconds: durationSeconds === 'auto' ? MINT_LIMITS.shortest : durationSeconds,
  });
}

/**
 * Determines the lifetime of the token from the expiration of the caller's session. Throws if AWS would reject
 * the lifetime. AWS does not shorten a lifetime, and the error from AWS does not contain the longest allowed
 * lifetime.
 *
 * @throws FedctlError the failures of `validateMintRequest`, before any call to AWS; sts.session-too-short
 * (details.sessionSeconds, details.tokenSeconds); the failures of `Aws.credentials`
 */
export async function fitToSession(
  aws: Aws,
  wanted: WantedToken,
  options: { readonly now: () => Date; readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<MintRequest> {
  validateWantedToken(wanted);
  const { durationSeconds } = wanted;
  const credentials = await aws.credentials(options.signal);
  const temporary = credentials.sessionToken !== null;
  // For session credentials from environment variables, the expiration is often unknown. `auto` requires the
  // expiration, so fedctl mints a token and reads the expiration from the token.
  const unknown = temporary && credentials.expiresAt === null && durationSeconds === 'auto';
  const end = unknown ? await sessionEndByToken(aws, wanted, options) : credentials.expiresAt;
  return { ...wanted, durationSeconds: fittingDuration(durationSeconds, end, options.now()) };
}

/**
 * Returns the lifetime for a token that expires before the session.
 *
 * @param sessionEnd the expiration of the session; null for long-term keys or if the expiration is unknown
 * @returns the lifetime in whole seconds
 * @throws FedctlError sts.session-too-short
 */
export function fittingDuration(wanted: WantedDuration, sessionEnd: Date | null, now: Date): number {
  if (sessionEnd === null) return wanted === 'auto' ? MINT_LIMITS.longest : wanted;
  const left = Math.floor((sessionEnd.getTime() - now.getTime()) / 1000);
  const longest = Math.min(left - MARGIN_SECONDS, MINT_LIMITS.longest);
  if (wanted === 'auto') {
    if (longest >= MINT_LIMITS.shortest) return longest;
    throw tooShort(MINT_LIMITS.shortest, left, sessionEnd);
  }
  if (wanted < left) return wanted;
  throw tooShort(wanted, left, sessionEnd);
}

/**
 * Mints a token with the shortest lifetime, and returns the expiration of the session from the claim
 * `original_session_exp` of this token (facts/aws.md 3.2). Returns null if the token does not contain the
 * claim.
 */
async function sessionEndByToken(
  aws: Aws,
  wanted: WantedToken,
  options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<Date | null> {
  const shortest = { ...wanted, durationSeconds: MINT_LIMITS.shortest };
  const { token } = await minting(aws, shortest, options).get();
  const claims = decodeJwt(token.reveal()).payload['https://sts.amazonaws.com/'];
  const end = new Date(String(memberOf(claims, 'original_session_exp')));
  return Number.isNaN(end.getTime()) ? null : end;
}

function tooShort(tokenSeconds: number, sessionSeconds: number, sessionEnd: Date): FedctlError {
  const session =
    sessionSeconds > 0
      ? `expires in ${formatDuration(sessionSeconds)} (${rfc3339(sessionEnd)})`
      : `expired at ${rfc3339(sessionEnd)}`;
  const fits = Math.floor(sessionSeconds) - MARGIN_SECONDS;
  return new FedctlError('sts.session-too-short', {
    message: `A token of ${formatDuration(tokenSeconds)} would expire after the caller's session, which ${session}.`,
    ...(fits >= MINT_LIMITS.shortest
      ? {
          remedy: `Mint a token with a lifetime of at most ${formatDuration(fits)}, or renew the session.`,
          command: rerun({ set: { '--duration': `${fits}s` } }),
        }
      : { remedy: 'Renew the session, for example with "aws sso login".' }),
    details: { tokenSeconds, sessionSeconds, marginSeconds: MARGIN_SECONDS },
  });
}
