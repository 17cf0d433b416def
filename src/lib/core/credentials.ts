import type { Secret } from './secret.ts';

/** Keys of AWS. Temporary ones carry a session token and mostly an expiry. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret | null;
  readonly expiresAt: Date | null;
}

/** The credential providers, in the order they are asked (facts/aws.md 7.4). `assumed-role`: fedctl assumed one itself. */
export type CredentialProviderId =
  | 'environment'
  | 'profile'
  | 'web-identity'
  | 'container'
  | 'instance-metadata'
  | 'assumed-role';

/** Keys and where they came from. */
export interface ResolvedCredentials extends Credentials {
  readonly provider: CredentialProviderId;
  /** For people: `environment (AWS_ACCESS_KEY_ID)`, `profile "prod" (IAM Identity Center)`. */
  readonly providerDetail: string;
}

/** The answer of GetCallerIdentity. */
export interface CallerIdentity {
  readonly account: string;
  /** For a role session `arn:aws:sts::A:assumed-role/R/S`: without the path of the role, and not the token's subject. */
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
