import type { Aws } from '../ports.ts';
import type { MintRequest, TokenSource } from '../token.ts';

/**
 * Checks everything that AWS checks, before the call.
 *
 * @throws FedctlError usage.missing-audience, usage.invalid-value
 */
export function checkMintRequest(_request: MintRequest): void {
  throw new Error('not built yet');
}

/** A source that mints anew on every call: the innermost TokenSource. */
export function minting(
  _aws: Aws,
  _request: MintRequest,
  _options: { readonly timeoutMs: number; readonly signal: AbortSignal },
): TokenSource {
  throw new Error('not built yet');
}
