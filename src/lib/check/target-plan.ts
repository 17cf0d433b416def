import { validateMintRequest } from '../auth/mint.ts';
import { assumeRoleRequest } from '../auth/role.ts';
import type { CheckTarget } from '../core/check-target.ts';
import type { ConnectionString } from '../core/connection-string.ts';
import type { Context } from '../core/context.ts';
import type { Warning } from '../core/errors.ts';
import { readingOption } from '../core/invalid-value.ts';
import type { MintRequest } from '../core/token.ts';
import { apiUrl } from '../http-api/api-url.ts';
import { trustworthyUrl } from '../issuer/address.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { chooseMechanisms } from '../uri/mechanism.ts';

/** A validated target. Validation makes no network calls. */
export interface TargetPlan {
  /** The settings for the database checks; null if the target has no connection string. */
  readonly database: {
    readonly uri: ConnectionString;
    readonly mechanisms: readonly Mechanism[];
  } | null;
  /** The mechanisms for the login. The list is not empty, even if the target has no connection string. */
  readonly mechanisms: readonly Mechanism[];
  /** The token to mint; null if the target has no audience or has a token file. */
  readonly mint: MintRequest | null;
  /** Whether a token is used. False if MONGODB-AWS is the only mechanism and no API is specified with `--api`. */
  readonly usesToken: boolean;
  /**
   * Whether AWS is called. False if the token comes from a file, no role is assumed and MONGODB-AWS is not
   * used.
   */
  readonly usesAws: boolean;
  readonly warnings: readonly Warning[];
}

/**
 * Validates a target.
 *
 * @throws FedctlError usage.invalid-value, sts.payload-too-large, mongo.mechanism-conflict,
 * net.plaintext-refused, issuer.plaintext-refused
 */
export function planTarget(context: Pick<Context, 'env' | 'pid'>, target: CheckTarget): TargetPlan {
  const { audience, signingAlgorithm, durationSeconds, tokenFile, role } = target;
  if (role !== null) assumeRoleRequest(context, role);
  const { api, issuer } = target;
  if (api !== null) readingOption('--api', () => apiUrl(api));
  if (issuer !== null) readingOption('--issuer', () => trustworthyUrl(issuer, 'issuer'));
  const mint: MintRequest | null =
    audience === null || tokenFile !== null
      ? null
      : { audience: [audience], signingAlgorithm, durationSeconds, tags: [] };
  if (mint !== null) validateMintRequest(mint);
  const { database, mechanisms, warnings } = planDatabase(target);
  const byKeys = database !== null && mechanisms.includes('MONGODB-AWS');
  const usesToken = mechanisms.includes('MONGODB-OIDC') || target.api !== null;
  return {
    database,
    mechanisms,
    mint,
    usesToken,
    usesAws: byKeys || tokenFile === null || role !== null,
    warnings: [...target.warnings, ...warnings],
  };
}

function planDatabase({
  uri,
  mechanism,
}: CheckTarget): Pick<TargetPlan, 'database' | 'mechanisms' | 'warnings'> {
  const chosen = chooseMechanisms(mechanism, uri?.namedMechanism ?? null);
  const { mechanisms } = chosen;
  if (uri === null) return { database: null, mechanisms, warnings: [] };
  return {
    database: { uri, mechanisms },
    mechanisms,
    warnings: [...uri.warnings, ...chosen.warnings],
  };
}
