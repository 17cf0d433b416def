import type { Context } from '../core/context.ts';
import { deadline } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import type { MintedToken, TokenSource } from '../core/token.ts';
import type { Iam } from '../ports/aws.ts';

/** What IAM says about the account. `unknown`: the caller may not ask. */
export type FederationState =
  | { readonly state: 'enabled'; readonly issuer: string; readonly missingPermission: null }
  | { readonly state: 'disabled'; readonly issuer: string | null; readonly missingPermission: null }
  | { readonly state: 'unknown'; readonly issuer: null; readonly missingPermission: string };

/** The permission that reading the state needs (facts/aws.md 1). */
const INFO_PERMISSION = 'iam:GetOutboundWebIdentityFederationInfo';

/**
 * Asks IAM whether federation is enabled. IAM knows at once; STS follows some seconds later (facts/aws.md 1).
 *
 * @throws FedctlError aws.*: credentials and the way to IAM
 */
export async function federationState(iam: Iam, signal: AbortSignal): Promise<FederationState> {
  try {
    const info = await iam.outboundFederationInfo(signal);
    return info.enabled
      ? { state: 'enabled', issuer: info.issuer, missingPermission: null }
      : { state: 'disabled', issuer: info.issuer, missingPermission: null };
  } catch (error) {
    if (!isFedctlError(error) || error.code !== 'iam.permission-missing') throw error;
    return { state: 'unknown', issuer: null, missingPermission: INFO_PERMISSION };
  }
}

/**
 * Turns federation on. An account that has it already is asked for its issuer, which AWS names only to the call that
 * changed something.
 *
 * @returns `issuer` null when it was enabled already and the caller may not read it
 * @throws FedctlError iam.permission-missing, aws.*
 */
export async function switchOn(
  iam: Iam,
  signal: AbortSignal,
): Promise<{ readonly changed: boolean; readonly issuer: string | null }> {
  const { changed, issuer } = await iam.enableOutboundFederation(signal);
  if (issuer !== null) return { changed, issuer };
  return { changed, issuer: (await federationState(iam, signal)).issuer };
}

/** Tokens in a row that prove that STS has followed: until then its answers may alternate (facts/aws.md 1). */
const PROOF = 3;
const PAUSE_MS = 1000;

/** What STS answers while it has not followed yet, or cannot say. */
const NOT_YET: ReadonlySet<string> = new Set([
  'sts.federation-disabled',
  'aws.service-failed',
  'aws.throttled',
]);

/**
 * Answers about the caller and not about the account: AWS checks these before it looks whether federation is enabled
 * (facts/aws.md 2.3), so waiting would tell nothing.
 */
const CALLER_CANNOT_MINT: ReadonlySet<string> = new Set([
  'sts.mint-denied',
  'sts.federated-user',
  'sts.session-too-short',
]);

/** How the wait ended: tokens are minted, or this caller cannot find out. */
export type Propagation =
  | {
      readonly outcome: 'minting';
      /** The last token of the proof. */
      readonly token: MintedToken;
      /** From the start of the wait to the first token of the proof, in milliseconds. */
      readonly ms: number;
      readonly attempts: number;
    }
  | { readonly outcome: 'caller-cannot-mint'; readonly failure: FedctlError };

/**
 * Waits until STS mints: three tokens in a row, with a pause of a second between attempts.
 *
 * @param source mints anew on every call
 * @param waitMs bounds the whole wait, in milliseconds
 * @param wasEnabled whether the account was enabled before: then a token at the first attempt is proof enough
 * @throws FedctlError iam.propagation-timeout; any other failure of minting, with its own code; the signal's reason
 */
export async function waitUntilMinting(
  source: TokenSource,
  waitMs: number,
  { now, sleep, signal }: Pick<Context, 'now' | 'sleep' | 'signal'>,
  wasEnabled = false,
): Promise<Propagation> {
  const bounded = deadline(signal, waitMs);
  const elapsed = stopwatch(now);
  let inARow = 0;
  let firstOfRow = 0;
  let refusal: FedctlError | null = null;
  for (let attempts = 1; ; attempts += 1) {
    try {
      const token = await source.get(bounded);
      if (inARow === 0) firstOfRow = elapsed();
      inARow += 1;
      // Where nothing was changed and the first token is minted, there is nothing to wait for.
      const enough = wasEnabled && refusal === null ? 1 : PROOF;
      if (inARow === enough) return { outcome: 'minting', token, ms: firstOfRow, attempts };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (bounded.aborted) throw propagationTimeout(waitMs, refusal ?? error);
      if (!isFedctlError(error)) throw error;
      if (CALLER_CANNOT_MINT.has(error.code)) return { outcome: 'caller-cannot-mint', failure: error };
      if (!NOT_YET.has(error.code)) throw enabledBut(error);
      inARow = 0;
      refusal = error;
    }
    if (elapsed() + PAUSE_MS > waitMs) throw propagationTimeout(waitMs, refusal);
    await pause(sleep, signal, bounded);
  }
}

function stopwatch(now: () => Date): () => number {
  const start = now().getTime();
  return () => now().getTime() - start;
}

/** A pause that the end of the wait cuts short; the next attempt then says so. */
async function pause(sleep: Context['sleep'], signal: AbortSignal, bounded: AbortSignal): Promise<void> {
  try {
    await sleep(PAUSE_MS, bounded);
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (!bounded.aborted) throw error;
  }
}

function propagationTimeout(waitMs: number, last: unknown): FedctlError {
  const answer = isFedctlError(last) ? ` The last error: ${last.message}` : '';
  return new FedctlError('iam.propagation-timeout', {
    message: `IAM reports federation as enabled, but STS did not mint ${PROOF} tokens in a row within ${formatDuration(waitMs / 1000)}.${answer}`,
    details: { waitMs, ...(isFedctlError(last) ? { lastCode: last.code } : {}) },
    requestId: isFedctlError(last) ? last.requestId : null,
    cause: last ?? undefined,
  });
}

/** The same failure, saying that the account was changed all the same. */
function enabledBut(error: FedctlError): FedctlError {
  return error.with({
    message: `IAM reports federation as enabled, but waiting for tokens failed. ${error.message}`,
    cause: error,
  });
}
