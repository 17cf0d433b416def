import type {
  AssumedRole,
  AssumeRoleRequest,
  CallerIdentity,
  Credentials,
  ResolvedCredentials,
  SessionTokenRequest,
} from '../core/credentials.ts';
import type { Warning } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import type { MintRequest } from '../core/token.ts';

/**
 * The interfaces of the external services that the auth core uses. Adapters implement them with an SDK; tests
 * can implement them by hand. Every method throws only FedctlError and keeps the original error as its
 * `cause`.
 */

/** The settings for AWS, from the options that all commands share. */
export interface AwsSettings {
  /** `--profile` or FEDCTL_PROFILE. Takes precedence over keys in the environment. */
  readonly profile?: string;
  /** The source of the profile, for messages, if it is not `--profile`. */
  readonly profileSource?: string;
  /** `--region` or FEDCTL_REGION. */
  readonly region?: string;
  /** The source of the Region, for messages, if it is not `--region`. */
  readonly regionSource?: string;
  /** Timeout of each network step, in milliseconds. */
  readonly timeoutMs: number;
  /** Use these keys, for example those of an assumed role, and no credential provider. */
  readonly credentials?: ResolvedCredentials;
  /**
   * Prompts the user for the current code of the MFA device with this serial number; returns null if the user
   * cancels. Absent if no user can respond.
   */
  readonly mfaCode?: (serialNumber: string) => Promise<Secret | null>;
  /** Receives warnings about problems that did not prevent fedctl from finding keys. */
  readonly warn?: (warning: Warning) => void;
}

/** An endpoint that is not an AWS default, and the setting that configures it. */
export interface EndpointOverride {
  readonly service: 'sts' | 'iam';
  readonly url: string;
  /** `AWS_ENDPOINT_URL_STS`, `AWS_ENDPOINT_URL`, `profile "x"` … */
  readonly source: string;
}

export interface ResolvedRegion {
  readonly name: string;
  /** `--region`, `AWS_REGION`, `profile "x"` … */
  readonly source: string;
}

export interface Aws {
  /** @throws aws.region-missing, aws.region-global, aws.region-invalid, aws.profile-unknown */
  region(): Promise<ResolvedRegion>;
  /** @throws aws.endpoint-invalid, aws.plaintext-refused */
  endpointOverrides(): Promise<readonly EndpointOverride[]>;
  /**
   * Returns the keys of the first provider that has any. Calls the providers again when the keys are about to
   * expire.
   *
   * @throws aws.credentials-missing (details.tried: {provider, reason}[]), aws.credentials-half-set,
   * aws.credentials-expired, aws.sso-login-needed, aws.mfa-needed, aws.profile-unknown, aws.profile-failed
   */
  credentials(signal: AbortSignal): Promise<ResolvedCredentials>;
  /** Returns notes about the choice of the keys: whether the profile or the environment took precedence. */
  notes(): Promise<readonly string[]>;
  sts(): Promise<Sts>;
  iam(): Promise<Iam>;
}

/** A token as STS returned it. */
export interface VendedToken {
  readonly token: Secret;
  readonly expiresAt: Date;
}

/** STS in one Region. Every method can throw aws.* for credentials and the connection. */
export interface Sts {
  readonly region: string;
  readonly endpoint: string;
  getCallerIdentity(signal: AbortSignal): Promise<CallerIdentity>;
  /** @throws sts.federation-disabled, sts.mint-denied, sts.tag-denied, sts.session-too-short, sts.payload-too-large, sts.federated-user */
  getWebIdentityToken(request: MintRequest, signal: AbortSignal): Promise<VendedToken>;
  /** @throws sts.session-credentials, aws.access-denied */
  getSessionToken(request: SessionTokenRequest, signal: AbortSignal): Promise<Credentials>;
  /** @throws sts.assume-denied, sts.duration-refused */
  assumeRole(request: AssumeRoleRequest, signal: AbortSignal): Promise<AssumedRole>;
}

/**
 * The outbound federation setting of the account. Unlike in AWS, enabling or disabling federation twice is
 * not an error.
 */
export interface Iam {
  readonly endpoint: string;
  /**
   * `issuer` is null if federation was already enabled, because AWS returns the issuer only when the call
   * changes the setting.
   */
  enableOutboundFederation(
    signal: AbortSignal,
  ): Promise<{ readonly changed: boolean; readonly issuer: string | null }>;
  disableOutboundFederation(signal: AbortSignal): Promise<{ readonly changed: boolean }>;
  /** @throws iam.permission-missing */
  outboundFederationInfo(
    signal: AbortSignal,
  ): Promise<
    | { readonly enabled: true; readonly issuer: string }
    | { readonly enabled: false; readonly issuer: string | null }
  >;
}
