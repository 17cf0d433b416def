import type { Secret } from './secret.ts';

/** AWS access keys. Temporary keys have a session token and usually an expiration. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret | null;
  readonly expiresAt: Date | null;
}

/**
 * The credential providers, in the order in which fedctl tries them (facts/aws.md 7.4). `assumed-role` is a
 * role that fedctl assumed.
 */
export type CredentialProviderId =
  | 'environment'
  | 'profile'
  | 'web-identity'
  | 'container'
  | 'instance-metadata'
  | 'assumed-role';

/** AWS access keys with the provider that returned them. */
export interface ResolvedCredentials extends Credentials {
  readonly provider: CredentialProviderId;
  /** The source of the credentials, for example `environment (AWS_ACCESS_KEY_ID)` or `profile "prod" (IAM Identity
   * Center)`.
   */
  readonly providerDetail: string;
}

/** The response from GetCallerIdentity. */
export interface CallerIdentity {
  readonly account: string;
  /**
   * For a role session, `arn:aws:sts::A:assumed-role/R/S`. This ARN has no role path, so it differs from the
   * subject of the token.
   */
  readonly arn: string;
  readonly userId: string;
}

export interface SessionTokenRequest {
  readonly durationSeconds?: number;
  readonly serialNumber?: string;
  readonly tokenCode?: Secret;
}

export interface AssumeRoleRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds?: number;
  readonly externalId?: string;
  readonly sourceIdentity?: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
  readonly transitiveTagKeys?: readonly string[];
  readonly serialNumber?: string;
  readonly tokenCode?: Secret;
}

export interface AssumedRole {
  readonly credentials: Credentials;
  /** `arn:aws:sts::A:assumed-role/R/S` */
  readonly arn: string;
}
