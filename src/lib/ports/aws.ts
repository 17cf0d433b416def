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
 * The outside things fedctl talks to, as the auth core sees them. Adapters implement these over an SDK; tests may
 * implement them by hand. Every method throws FedctlError only, and keeps the foreign error as its `cause`.
 */

/** How to reach AWS: what the common options say. */
export interface AwsSettings {
  /** `--profile` or FEDCTL_PROFILE: beats keys in the environment. */
  readonly profile?: string;
  /** What names the profile, for people, where it is not `--profile`. */
  readonly profileSource?: string;
  /** `--region` or FEDCTL_REGION. */
  readonly region?: string;
  /** What names the Region, for people, where it is not that option. */
  readonly regionSource?: string;
  /** Bounds each network step, in milliseconds. */
  readonly timeoutMs: number;
  /** Use these keys and ask no provider: those of a role that was assumed. */
  readonly credentials?: ResolvedCredentials;
  /**
   * Asks whoever runs this for the code that the MFA device of this serial number shows now; null when the question is
   * left. Absent when there is nobody to ask.
   */
  readonly mfaCode?: (serialNumber: string) => Promise<Secret | null>;
  /** Is told what is worth saying although keys were found. */
  readonly warn?: (warning: Warning) => void;
}

/** An endpoint that is not AWS's own, and the setting that says so. */
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
   * The keys, found provider by provider; asked again when the ones at hand are about to expire.
   *
   * @throws aws.credentials-missing (details.tried: {provider, reason}[]), aws.credentials-half-set,
   *   aws.credentials-expired, aws.sso-login-needed, aws.mfa-needed, aws.profile-unknown, aws.profile-failed
   */
  credentials(signal: AbortSignal): Promise<ResolvedCredentials>;
  /** What is worth telling about how the keys were chosen: which of profile and environment won. */
  notes(): Promise<readonly string[]>;
  sts(): Promise<Sts>;
  iam(): Promise<Iam>;
}

/** A token as STS returned it. */
export interface VendedToken {
  readonly token: Secret;
  readonly expiresAt: Date;
}

/** STS in one Region. Any method: aws.* for credentials and the way there. */
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

/** The account's switch. A second enable and a second disable are answers here, although AWS calls them errors. */
export interface Iam {
  readonly endpoint: string;
  /** `issuer` is null when it was enabled already: AWS names it only to the call that changed something. */
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
