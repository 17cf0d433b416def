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
 * The interfaces through which fedctl uses external services. The adapters implement these interfaces. Tests
 * can use other implementations. Every method throws only FedctlError and keeps the original error as its
 * `cause`.
 */

/** The settings for AWS, from the options that all commands share. */
export interface AwsSettings {
  /**
   * The value of `--profile` or FEDCTL_PROFILE. The profile takes precedence over keys in the environment.
   */
  readonly profile?: string;
  /**
   * The source of the profile, for messages. It is set only if the profile does not come from `--profile`.
   */
  readonly profileSource?: string;
  /** The value of `--region` or FEDCTL_REGION. */
  readonly region?: string;
  /** The source of the Region, for messages. It is set only if the Region does not come from `--region`. */
  readonly regionSource?: string;
  /** Timeout of each network step, in milliseconds. */
  readonly timeoutMs: number;
  /** Keys to use instead of the credential providers, for example the keys of an assumed role. */
  readonly credentials?: ResolvedCredentials;
  /**
   * Prompts the user for the current code of the MFA device with this serial number; returns null if the user
   * cancels. This function is not set if there is no user to prompt.
   */
  readonly mfaCode?: (serialNumber: string) => Promise<Secret | null>;
  /** Receives warnings about problems with the credentials. fedctl found keys in spite of these problems. */
  readonly warn?: (warning: Warning) => void;
}

/** An endpoint that differs from the AWS default, and the setting that configures it. */
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
   * Returns the keys from the first provider that returns keys. Calls the providers again if the keys expire
   * soon.
   *
   * @throws aws.credentials-missing (details.tried: {provider, reason}[]), aws.credentials-half-set,
   * aws.credentials-expired, aws.sso-login-needed, aws.mfa-needed, aws.profile-unknown, aws.profile-failed
   */
  credentials(signal: AbortSignal): Promise<ResolvedCredentials>;
  /**
   * Returns notes for the user about the choice of the keys, for example that the profile took precedence
   * over the environment.
   */
  notes(): Promise<readonly string[]>;
  sts(): Promise<Sts>;
  iam(): Promise<Iam>;
}

/** The token in an STS response. */
export interface VendedToken {
  readonly token: Secret;
  readonly expiresAt: Date;
}

/**
 * STS in one Region. Every method can throw failures with aws.* codes for problems with the credentials or
 * the connection.
 */
export interface Sts {
  readonly region: string;
  readonly endpoint: string;
  getCallerIdentity(signal: AbortSignal): Promise<CallerIdentity>;
  /**
   * @throws sts.federation-disabled, sts.mint-denied, sts.tag-denied, sts.session-too-short,
   * sts.payload-too-large, sts.federated-user
   */
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
   * `issuer` is null if federation was already enabled. AWS returns the issuer only if the call changes the
   * setting.
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
