import type { Secret } from '../../lib/core/secret.ts';
import type { NamedPolicy } from '../../lib/policy/document.ts';
import type { SigningKeys } from '../issuer/signing-keys.ts';
import type { FederationSwitch } from './federation-switch.ts';
import type { MfaDevice } from './mfa-device.ts';
import type { AttachedPolicies } from './policies.ts';

/** Tags by key. The keys keep their original spelling. */
export type Tags = Readonly<Record<string, string>>;

export interface LabAccount {
  /** The account ID: 12 digits. */
  readonly id: string;
  /** The organization of the account; null if the account has no organization. */
  readonly organization: {
    /** The organization ID, which starts with `o-`. */
    readonly id: string;
    /** The paths of organizational units. Each path ends with a slash, for example `o-x/r-y/ou-z/`. */
    readonly ouPaths: readonly string[];
  } | null;
  readonly federation: FederationSwitch;
  /** The current signing keys. The issuer publishes these keys. */
  keys: SigningKeys;
  /**
   * The issuer URL, which is the value of `iss`. The URL is empty until the issuer of the account listens.
   * Disabling federation does not change the URL.
   */
  issuer: string;
  /** The external issuers that the account trusts, as OpenID Connect providers in IAM. */
  oidcProviders: readonly OidcProvider[];
  /**
   * The service control policies: one set for each level, from the root of the organization to the account.
   * An action is allowed only if every level allows it.
   */
  serviceControlPolicies: readonly (readonly NamedPolicy[])[];
}

/**
 * An IAM OpenID Connect provider. A token from the issuer of the provider can assume roles if the provider
 * lists the token's audience.
 */
export interface OidcProvider {
  /** The ARN: `arn:aws:iam::A:oidc-provider/host/path`. */
  readonly arn: string;
  /** The issuer URL. AWS compares this URL byte for byte with `iss`. */
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
  /** The trust policy: the principals that can assume the role, and the conditions. */
  trustPolicy: NamedPolicy;
  readonly maxSessionSeconds: number;
}

/**
 * Temporary credentials for a role, for a user (GetSessionToken), or for a federated user
 * (GetFederationToken).
 */
export interface LabSession {
  readonly principal: LabUser | LabRole;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** The name of a role session; null if the session belongs to a user. */
  readonly sessionName: string | null;
  /**
   * The name of the federated user; null for other sessions. For a federated user, `principal` is the user
   * who called GetFederationToken.
   */
  readonly federatedUser: string | null;
  /** Whether the session was requested with an MFA code. */
  readonly mfa: boolean;
  /** The ARN of the identity provider whose token was exchanged for this session; null for other sessions. */
  readonly federatedProvider: string | null;
  readonly tags: Tags;
  /**
   * The keys of the transitive tags. If this session assumes another role, the new session inherits these
   * tags.
   */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  /** The session policies; null if the session has no session policies. */
  readonly policies: readonly NamedPolicy[] | null;
  /**
   * The claims that the platform adds to the tokens of this session. If this session assumes another role,
   * tokens of the new session do not contain these claims.
   */
  readonly platformClaims: PlatformClaims;
}

/**
 * The claims that EC2 and Lambda add to tokens. ECS and EKS add no claims (facts/aws.md 3.2). The type of
 * `ec2_role_delivery` in AWS is unverified. The lab uses a string, as for the other claims.
 */
export interface PlatformClaims {
  readonly ec2_source_instance_arn?: string;
  readonly ec2_instance_source_vpc?: string;
  readonly ec2_instance_source_private_ipv4?: string;
  readonly ec2_role_delivery?: string;
  readonly lambda_source_function_arn?: string;
}

/** The principal that signed a request, and its session. */
export interface Caller {
  readonly account: LabAccount;
  readonly principal: LabUser | LabRole;
  /** The session of the caller; null if the caller uses the long-term keys of a user. */
  readonly session: LabSession | null;
  /**
   * The ARN that GetCallerIdentity returns. For a role session, this is `arn:aws:sts::A:assumed-role/R/S`,
   * without the role's path.
   */
  readonly arn: string;
  /**
   * The UserId that GetCallerIdentity returns: `AIDA…` of a user, `AROA…:<session name>` of a role session, or
   * `<account ID>:<name>` of a federated user.
   */
  readonly userId: string;
}

/**
 * Returns the caller that uses an access key.
 *
 * @param holder the user or session that the access key belongs to
 */
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
 * Returns the tags of a caller. The tags of the session override the tags of its principal. The keys are
 * compared case-insensitively, and the result keeps the spelling of the session's key. For example, the role
 * tag `Team=role` and the session tag `team=session` become `team=session` (facts/aws.md 3.2).
 */
export function principalTags({ principal, session }: Caller): Tags {
  const over = session?.tags ?? {};
  const overridden = new Set(Object.keys(over).map((key) => key.toLowerCase()));
  const kept = Object.entries(principal.tags).filter(([key]) => !overridden.has(key.toLowerCase()));
  return { ...Object.fromEntries(kept), ...over };
}
