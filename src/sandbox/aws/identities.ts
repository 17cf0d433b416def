import type { Secret } from '../../lib/core/secret.ts';
import type { NamedPolicy } from '../../lib/policy/document.ts';
import type { SigningKeys } from '../issuer/signing-keys.ts';
import type { FederationSwitch } from './federation-switch.ts';
import type { MfaDevice } from './mfa-device.ts';
import type { AttachedPolicies } from './policies.ts';

/** Tags by their key, in the spelling in which they were given. */
export type Tags = Readonly<Record<string, string>>;

export interface LabAccount {
  /** 12 digits */
  readonly id: string;
  /** null for an account that is in no organization. */
  readonly organization: {
    /** `o-…` */
    readonly id: string;
    /** Each ends in a slash: `o-x/r-y/ou-z/`. */
    readonly ouPaths: readonly string[];
  } | null;
  readonly federation: FederationSwitch;
  /** What it signs with and publishes now. */
  keys: SigningKeys;
  /** The URL in `iss`. Empty until the account's issuer listens; then it stays, whatever the switch says. */
  issuer: string;
  /** The foreign issuers it trusts: what IAM calls OpenID Connect providers. */
  oidcProviders: readonly OidcProvider[];
  /** One set for each level from the organization's root down to the account: every level has to allow. */
  serviceControlPolicies: readonly (readonly NamedPolicy[])[];
}

/** An IAM OpenID Connect provider: tokens of an issuer, for any of these audiences, may stand for a role. */
export interface OidcProvider {
  /** `arn:aws:iam::A:oidc-provider/host/path` */
  readonly arn: string;
  /** Compared byte for byte with `iss`. */
  readonly issuer: string;
  readonly audiences: readonly string[];
}

interface LabPrincipal {
  readonly account: LabAccount;
  readonly name: string;
  /** With the path. */
  readonly arn: string;
  readonly id: string;
  /** The name of its profile in the lab's AWS config file. */
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
  /** Who may assume it, and under which conditions. */
  trustPolicy: NamedPolicy;
  readonly maxSessionSeconds: number;
}

/** Temporary credentials: of a role, of a user by GetSessionToken, or of a federated user by GetFederationToken. */
export interface LabSession {
  readonly principal: LabUser | LabRole;
  readonly accessKeyId: string;
  readonly secretAccessKey: Secret;
  readonly sessionToken: Secret;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  /** The name of a role session; null for a user's. */
  readonly sessionName: string | null;
  /** The name given to GetFederationToken; its principal is the user who called it. */
  readonly federatedUser: string | null;
  /** Whether an MFA code was given to get it. */
  readonly mfa: boolean;
  /** The ARN of the identity provider whose token it came from. */
  readonly federatedProvider: string | null;
  readonly tags: Tags;
  /** The tags that a further AssumeRole carries on. */
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity: string | null;
  /** What it was narrowed by when it was made; null when by nothing. */
  readonly policies: readonly NamedPolicy[] | null;
  /** What the platform that handed it out adds to tokens. A role assumed with it has a session of its own, without. */
  readonly platformClaims: PlatformClaims;
}

/**
 * The claims of sessions that EC2 and Lambda hand out; ECS and EKS have none (facts/aws.md 3.2). What AWS makes of
 * `ec2_role_delivery` is unverified, a number or a string: here it is a string, as its neighbours are.
 */
export interface PlatformClaims {
  readonly ec2_source_instance_arn?: string;
  readonly ec2_instance_source_vpc?: string;
  readonly ec2_instance_source_private_ipv4?: string;
  readonly ec2_role_delivery?: string;
  readonly lambda_source_function_arn?: string;
}

/** Who signed a request. */
export interface Caller {
  readonly account: LabAccount;
  readonly principal: LabUser | LabRole;
  /** null for the long-term keys of a user. */
  readonly session: LabSession | null;
  /** As GetCallerIdentity says it: for a role session `arn:aws:sts::A:assumed-role/R/S`, without the role's path. */
  readonly arn: string;
  /** `AIDA…`, `AROA…:session` or `A:federated user` */
  readonly userId: string;
}

/** The caller that a user's keys or a session's keys speak for. */
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
 * The tags a caller has: those of its principal, and over them those of the session. Keys are compared without regard
 * to case and the winner keeps its spelling: role `Team=role` and session `team=session` give `team=session`
 * (facts/aws.md 3.2).
 */
export function principalTags({ principal, session }: Caller): Tags {
  const over = session?.tags ?? {};
  const overridden = new Set(Object.keys(over).map((key) => key.toLowerCase()));
  const kept = Object.entries(principal.tags).filter(([key]) => !overridden.has(key.toLowerCase()));
  return { ...Object.fromEntries(kept), ...over };
}
