import { type OidcCallback, oidcCallback, type ProgramTokens, programTokens } from './auth/program-tokens.ts';
import type { TokenSource } from './core/token.ts';
import { processContext } from './process-context.ts';

/** The public API of fedctl. Everything else may change without notice. */

export type { OidcCallback, ProgramTokens } from './auth/program-tokens.ts';
export { FedctlError, isFedctlError } from './core/errors.ts';
export { Secret } from './core/secret.ts';
export type { MintedToken, SigningAlgorithm, TokenSource } from './core/token.ts';
export type { FailureCode } from './failures/failures.ts';

/** A signal that never fires. The library handles no process signals, and leaves them to the host program. */
const NEVER: AbortSignal = new AbortController().signal;

/**
 * Returns tokens of AWS outbound federation for this process. Tokens are cached and renewed at half of their
 * lifetime. Concurrent calls share one token request.
 */
export function tokenSource(wanted: ProgramTokens): TokenSource {
  return programTokens(processContext('', NEVER), wanted);
}

/**
 * Returns the token callback for the MongoDB driver. For hosts outside Atlas, also set ALLOWED_HOSTS.
 *
 *     new MongoClient(uri, {
 *       authMechanism: 'MONGODB-OIDC',
 *       authMechanismProperties: { OIDC_CALLBACK: mongoOidcCallback({ audience: 'my-atlas' }) },
 *     });
 */
export function mongoOidcCallback(wanted: ProgramTokens): OidcCallback {
  const context = processContext('', NEVER);
  return oidcCallback(programTokens(context, wanted), context.now);
}
