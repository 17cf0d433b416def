import type { Operator } from './operators.ts';

/**
 * The kind of a policy. A trust policy has principals and no resources. All other policies (identity policy,
 * permissions boundary, session policy, service control policy) have resources and no principals.
 */
export type PolicyKind = 'permissions' | 'trust';

/** A parsed policy. `parsePolicy` rejects policies that AWS would reject. */
export interface PolicyDocument {
  /**
   * Only version 2012-10-17 supports policy variables. In version 2008-10-17, `${aws:username}` is literal
   * text.
   */
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  /** Action or NotAction: `service:name` with wildcards, not case-sensitive. */
  readonly action: Selection<string>;
  /** Resource or NotResource. Null in a trust policy, because the resource of a trust policy is the role. */
  readonly resource: Selection<string> | null;
  /** Principal or NotPrincipal of a trust policy; null in all other policies. */
  readonly principal: Selection<Principal> | null;
  /** The conditions. The statement applies only if the request meets all conditions. */
  readonly conditions: readonly Condition[];
}

/** The values that an element selects: the listed values, or all other values if `except` is true. */
export interface Selection<T> {
  readonly except: boolean;
  readonly listed: readonly T[];
}

export interface Principal {
  readonly type: PrincipalType;
  /** `*`, a 12-digit account ID, an ARN, or the name of a service. */
  readonly name: string;
}

export const PRINCIPAL_TYPES = ['AWS', 'Federated', 'Service', 'CanonicalUser'] as const;
export type PrincipalType = (typeof PRINCIPAL_TYPES)[number];

/** An operator, a condition key, and the values that the operator compares with the request. */
export interface Condition {
  readonly operator: Operator;
  readonly key: string;
  readonly values: readonly string[];
}

/** A policy and the name that identifies it in explanations. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}
