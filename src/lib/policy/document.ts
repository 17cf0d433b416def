import type { Operator } from './operators.ts';

/**
 * What may stand in a policy: a trust policy has principals and no resource; every other kind that fedctl knows (identity
 * policy, permissions boundary, session policy, service control policy) has resources and no principal.
 */
export type PolicyKind = 'permissions' | 'trust';

/** A policy as it is evaluated: parsed by `parsePolicy`, which refuses what AWS would refuse. */
export interface PolicyDocument {
  /** Policy variables exist in the newer version only; in the older one `${aws:username}` stands for itself. */
  readonly version: '2008-10-17' | '2012-10-17';
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | null;
  readonly effect: 'Allow' | 'Deny';
  /** Action or NotAction: `service:name` with wildcards, whatever the case. */
  readonly action: Selection<string>;
  /** Resource or NotResource; null in a trust policy, whose resource is the role it belongs to. */
  readonly resource: Selection<string> | null;
  /** Principal or NotPrincipal of a trust policy; null in every other. */
  readonly principal: Selection<Principal> | null;
  /** All of them have to hold. */
  readonly conditions: readonly Condition[];
}

/** What an element selects: what is listed, or everything else. */
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

/** One key under one operator, and the values of which one has to match. */
export interface Condition {
  readonly operator: Operator;
  readonly key: string;
  readonly values: readonly string[];
}

/** A policy and what it is called, for those who read why something was decided. */
export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}
