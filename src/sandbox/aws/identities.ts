import type { Secret } from '../../lib/core/secret.ts';
import type { NamedPolicy } from '../../lib/policy/document.ts';
import type { SigningKeys } from '../issuer/signing-keys.ts';
import type { FederationSwitch } from './federation-switch.ts';
import type { MfaDevice } from './mfa-device.ts';
import type { AttachedPolicies } from './policies.ts';

/** Tags by key, in the original spelling. */
export type Tags = Readonly<Record<string, string>>;

export interface LabAccount {
  /** 12 digits */
  readonly id: string;
  /** The organization; null for an account without an organization. */
  readonly organization: {
    /** `o-…` */
    readonly id: string;
    /** The paths of organizational units. Each path ends with a slash: `o-x/r-y/ou-z/`. */
    readonly ouPaths: readonly string[];
  } | null;
  readonly federation: FederationSwitch;
  /** The current signing keys, which the issuer publishes. */
  keys: SigningKeys;
  /**
   * The issuer URL, which is the value of `iss`. Empty until the issuer of the account listens. Disabling
   * federation does not change the URL.
   */
  issuer: string;
  /** The external issuers that the account trusts: OpenID Connect providers in IAM. */
  oidcProviders: readonly OidcProvider[];
  /**
   * The service control policies: one set for each level from the organization's root down to the account.
   * Every level must allow an action.
   */
  serviceControlPolicies: readonly (readonly NamedPolicy[])[];
}

/** An IAM OpenID Connect provider. Tokens of its issuer with one of its audiences may assume roles. */
export interface OidcProvider {
  /** `arn:aws:iam::A:oidc-provider/host/path` */
  readonly arn: string;
  /** The issuer URL, compared byte for byte with `iss`. */
  readonly issuer: string;
  readonly audiences: readonly string[];
}

interface LabPrincipal {
  readonly account: LabAccount;
  readonly name: string;
  /** The ARN, including the path. */
  readonly arn: string;
  readonly id: string;
  /** The name of the profile in the lab's AWS config file. */
  readonly profile: string;
  readonly tags: Tags;
  policies: AttachedPolicies;
}

export interface LabUser extends LabPrincipal {
  readonly kind: 'user';
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly mfaDevice: MfaDevice | null;
}

export interface LabRole extends LabPrincipal {
  readonly kind: 'role';
  /** The trust policy: the principals that may assume the role, and the conditions. */
  trustPolicy: NamedPolicy;
  readonly maxSessionSeconds: number;
}

/**
 * Temporary credentials of a role, of a user (GetSessionToken), or of a federated user (GetFederationToken).
 */
export interface LabSession {
  readonly principal: LabUser | LabRole;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** The name of a role session; null for a session of a user. */
  readonly sessionName: string | null;
  /**
   * The name of the federated user; null for other sessions. The principal is then the user who called
   * GetFederationToken.
   */
  readonly federatedUser: string | null;
  /** Whether the session was requested with an MFA code. */
  readonly mfa: boolean;
  /** The ARN of the identity provider whose token was exchanged for the session; null for other sessions. */
  readonly federatedProvider: string | null;
  readonly tags: Tags;
  /** The keys of the tags that a further AssumeRole inherits. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  /** The session policies; null if the session has none. */
  readonly policies: readonly NamedPolicy[] | null;
  /**
   * The claims that the platform of the session adds to tokens. A role that is assumed with this session does
   * not have these claims.
   */
  readonly platformClaims: PlatformClaims;
}

/**
 * The claims that EC2 and Lambda add; ECS and EKS add none (facts/aws.md 3.2). The type of
 * `ec2_role_delivery` is unverified. Here it is a string, like the other claims.
 */
export interface PlatformClaims {
  readonly ec2_source_instance_arn?: string;
  readonly ec2_instance_source_vpc?: string;
  readonly ec2_instance_source_private_ipv4?: string;
  readonly ec2_role_delivery?: string;
  readonly lambda_source_function_arn?: string;
}

/** The signer of a request. */
export interface Caller {
  readonly account: LabAccount;
  readonly principal: LabUser | LabRole;
  /** Null for the long-term keys of a user. */
  readonly session: LabSession | null;
  /**
   * The ARN as in GetCallerIdentity. For a role session, it is `arn:aws:sts::A:assumed-role/R/S`, without the
   * role's path.
   */
  readonly arn: string;
  /** `AIDA…`, `AROA…:session` or `A:federated user` */
  readonly userId: string;
}

/** Returns the caller for the holder of an access key: a user or a session. */
export function callerOf(holder: LabUser | LabSession): Caller {
  const session = 'sessionToken' in holder ? holder : null;
  const principal = 'sessionToken' in holder ? holder.principal : holder;
  const { account } = principal;
  if (session !== null && session.federatedUser !== null) {
    return {
      account,
      principal,
      session,
      arn: `arn:aws:sts::${account.id}:federated-user/${session.federatedUser}`,
      userId: `${account.id}:${session.federatedUser}`,
    };
  }
  if (principal.kind === 'user') {
    return { account, principal, session, arn: principal.arn, userId: principal.id };
  }
  const name = session?.sessionName ?? '';
  return {
    account,
    principal,
    session,
    arn: `arn:aws:sts::${account.id}:assumed-role/${principal.name}/${name}`,
    userId: `${principal.id}:${name}`,
  };
}

/**
 * Returns the tags of a caller. Tags of the session override tags of its principal. Keys are compared
 * case-insensitively, and the spelling of the session is kept: role `Team=role` and session `team=session`
 * become `team=session` (facts/aws.md 3.2).
 */
export function principalTags({ principal, session }: Caller): Tags {
  const over = session?.tags ?? {};
  const overridden = new Set(Object.keys(over).map((key) => key.toLowerCase()));
  const kept = Object.entries(principal.tags).filter(([key]) => !overridden.has(key.toLowerCase()));
  return { ...Object.fromEntries(kept), ...over };
}
