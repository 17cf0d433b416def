/** What a database user is for: a token's user or group, or the ARN of an IAM user or role. */
export const USER_TYPES = ['oidc-user', 'oidc-group', 'iam-user', 'iam-role'] as const;

export type UserType = (typeof USER_TYPES)[number];
