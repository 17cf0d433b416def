import { fitToSession } from '../auth/lifetime.ts';
import { minting } from '../auth/mint.ts';
import type { Context } from '../core/context.ts';
import { type FedctlError, isFedctlError } from '../core/errors.ts';
import type { MintedToken, MintRequest } from '../core/token.ts';
import type { Aws } from '../ports/aws.ts';
import type { Timing } from './outcome.ts';

/**
 * The result of one mint call. Two checks use this result: iam.federation (federation is enabled for the
 * account) and sts.mint (the caller can mint a token).
 */
export type MintAttempt = Timing &
  (
    | { readonly token: MintedToken; readonly failure: null }
    | { readonly token: null; readonly failure: FedctlError }
  );

/**
 * Mints one token. If minting fails, returns the failure as a result instead of throwing it.
 *
 * @param timeoutMs the timeout of each AWS call, in milliseconds
 */
export async function attemptToMint(
  { now, signal }: Context,
  aws: Aws,
  wanted: MintRequest,
  timeoutMs: number,
): Promise<MintAttempt> {
  const bounds = { now, timeoutMs, signal };
  const startedAt = now();
  const timing = () => ({ startedAt, ms: Math.max(0, now().getTime() - startedAt.getTime()) });
  try {
    const request = await fitToSession(aws, wanted, bounds);
    return { token: await minting(aws, request, bounds).get(signal), failure: null, ...timing() };
  } catch (failure) {
    if (signal.aborted || !isFedctlError(failure)) throw failure;
    return { token: null, failure, ...timing() };
  }
}
