import type { Operator } from './operators.ts';

/**
 * The kind of a policy: a trust policy has principals and no resource. Every other supported kind (identity
 * policy, permissions boundary, session policy, service control policy) has resources and no principal.
 */
export type PolicyKind = 'permissions' | 'trust';

/** A policy for evaluation, parsed by `parsePolicy`, which rejects what AWS would reject. */
export interface PolicyDocument {
  /** Policy variables exist only in the newer version; in the older one `${aws:username}` is literal text. */
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  /** Action or NotAction: `service:name` with wildcards, not case-sensitive. */
  readonly action: Selection<string>;
  /** Resource or NotResource; null in a trust policy, whose resource is the role it belongs to. */
  readonly resource: Selection<string> | null;
  /** Principal or NotPrincipal of a trust policy; null in every other. */
  readonly principal: Selection<Principal> | null;
  /** All of them must hold. */
  readonly conditions: readonly Condition[];
}

/** The values that an element selects: those listed, or all others. */
export interface Selection<T> {
  readonly except: boolean;
  readonly listed: readonly T[];
}

export interface Principal {
  readonly type: PrincipalType;
  /** `*`, a 12-digit account, an ARN, the name of a service. */
  readonly name: string;
}

export const PRINCIPAL_TYPES = ['AWS', 'Federated', 'Service', 'CanonicalUser'] as const;
export type PrincipalType = (typeof PRINCIPAL_TYPES)[number];

/** One key with one operator, and the values of which one must match. */
export interface Condition {
  readonly operator: Operator;
  readonly key: string;
  readonly values: readonly string[];
}

/** A policy with its name, for explanations of a decision. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}
