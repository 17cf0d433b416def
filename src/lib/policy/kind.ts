/**
 * What may stand in a policy: a trust policy has principals and no resource; every other kind that fedctl knows (identity
 * policy, permissions boundary, session policy, service control policy) has resources and no principal.
 */
export type PolicyKind = 'permissions' | 'trust';
