/** The types of database users: for the user or group of a token, or for the ARN of an IAM user or role. */
export const USER_TYPES = ['oidc-user', 'oidc-group', 'iam-user', 'iam-role'] as const;

export type UserType = (typeof USER_TYPES)[number];
