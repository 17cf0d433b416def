/**
 * The types of database users. The OIDC types match a user or group in a token. The IAM types match the ARN
 * of a user or role.
 */
export const USER_TYPES = ['oidc-user', 'oidc-group', 'iam-user', 'iam-role'] as const;

export type UserType = (typeof USER_TYPES)[number];
