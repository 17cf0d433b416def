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

/** What a target comes to, with everything checked that can be checked without the network. */
export interface TargetPlan {
  /** Null: the half of the database is left out. */
  readonly database: {
    readonly uri: ConnectionString;
    readonly mechanisms: readonly Mechanism[];
  } | null;
  /** How to log in, also where nobody says to what. */
  readonly mechanisms: readonly Mechanism[];
  /** The token to mint; null where there is no audience, or a token file in its place. */
  readonly mint: MintRequest | null;
  /** Whether a token is of any use here: not where the only way in is by AWS keys. */
  readonly usesToken: boolean;
  /** Whether AWS is asked anything: not for a token that comes from a file. */
  readonly usesAws: boolean;
  readonly warnings: readonly Warning[];
}

/**
 * Reads what a target says.
 *
 * @throws FedctlError usage.invalid-value, sts.payload-too-large, mongo.mechanism-conflict, net.plaintext-refused,
 *   issuer.plaintext-refused
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
