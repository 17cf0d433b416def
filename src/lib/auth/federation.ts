import type { Context } from '../core/context.ts';
import { deadline } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import type { MintedToken, TokenSource } from '../core/token.ts';
import type { Iam } from '../ports/aws.ts';

/**
 * The state of outbound federation, as IAM reports it. `unknown` means that the caller is not allowed to read
 * the state.
 */
export type FederationState =
  | { readonly state: 'enabled'; readonly issuer: string; readonly missingPermission: null }
  | { readonly state: 'disabled'; readonly issuer: string | null; readonly missingPermission: null }
  | { readonly state: 'unknown'; readonly issuer: null; readonly missingPermission: string };

/** The permission that is required to read the federation state (facts/aws.md 1). */
const INFO_PERMISSION = 'iam:GetOutboundWebIdentityFederationInfo';

/**
 * Reads the federation state from IAM. After a change, IAM reports the new state immediately, but STS applies
 * the new state a few seconds later (facts/aws.md 1).
 *
 * @throws FedctlError aws.* if the credentials or the connection to IAM fail
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
 * Enables federation and returns the issuer. AWS returns the issuer only if the call changes the setting. If
 * federation was already enabled, a second call reads the issuer.
 *
 * @returns `changed` is true if the call changed the state. `issuer` is null if federation was already enabled
 * and the caller is not allowed to read the issuer.
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

/**
 * The number of consecutive tokens that prove that STS has applied the new state. While STS applies the new
 * state, it may alternate between the old and the new state (facts/aws.md 1).
 */
const PROOF = 3;
const PAUSE_MS = 1000;

/**
 * The failures that STS returns before STS applies the new state, or while STS is temporarily unavailable.
 */
const NOT_YET: ReadonlySet<string> = new Set([
  'sts.federation-disabled',
  'aws.service-failed',
  'aws.throttled',
]);

/**
 * The failures that are caused by the caller and not by the federation setting. AWS checks the caller first
 * (facts/aws.md 2.3), so the request would also fail when federation is enabled.
 */
const CALLER_CANNOT_MINT: ReadonlySet<string> = new Set([
  'sts.mint-denied',
  'sts.federated-user',
  'sts.session-too-short',
]);

/**
 * The result of the wait. `minting` means that STS mints tokens. `caller-cannot-mint` means that the caller
 * cannot mint tokens, so it is unknown whether STS has applied the new state.
 */
export type Propagation =
  | {
      readonly outcome: 'minting';
      /** The last token that STS minted during the wait. */
      readonly token: MintedToken;
      /**
       * The wait ends after several successful mint requests in a row. `ms` is the time in milliseconds from the
       * start of the wait to the first of these requests.
       */
      readonly ms: number;
      readonly attempts: number;
    }
  | { readonly outcome: 'caller-cannot-mint'; readonly failure: FedctlError };

/**
 * Waits until STS mints three tokens in a row. Pauses for one second between attempts.
 *
 * @param source a source that mints a new token on every call
 * @param waitMs the time limit for the complete wait, in milliseconds
 * @param wasEnabled whether federation was already enabled. If federation was already enabled and the first
 * attempt succeeds, one token is sufficient.
 * @throws FedctlError iam.propagation-timeout; other failures of a mint request; the abort reason, if the
 * signal is aborted
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
      // If federation was already enabled and no attempt has failed, one token is sufficient.
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

/**
 * Pauses until the next attempt. If the time limit is reached during the pause, the pause ends and the next
 * attempt fails with a timeout.
 */
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

/** Extends the message of a failure with the fact that IAM reports federation as enabled. */
function enabledBut(error: FedctlError): FedctlError {
  return error.with({
    message: `IAM reports federation as enabled, but the wait for tokens from STS failed. ${error.message}`,
    cause: error,
  });
}
