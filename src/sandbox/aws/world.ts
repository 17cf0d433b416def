import { Secret } from '../../lib/core/secret.ts';
import { epoch } from '../../lib/core/time.ts';
import type { NamedPolicy } from '../../lib/policy/document.ts';
import { createSigningKeys } from '../issuer/signing-keys.ts';
import type { LabLog } from '../log.ts';
import type { Kept } from '../state/kept.ts';
import { createRole, createUser } from './create-principal.ts';
import { type AwsDescription, BUILT_IN_AWS } from './description.ts';
import { FederationSwitch } from './federation-switch.ts';
import { secretKey, sessionToken, uniqueId } from './fresh-keys.ts';
import type {
  LabAccount,
  LabRole,
  LabSession,
  LabUser,
  OidcProvider,
  PlatformClaims,
  Tags,
} from './identities.ts';
import {
  changedPolicies,
  namedPolicies,
  namedPolicy,
  type PolicyChange,
  type PolicyDocuments,
} from './policies.ts';
import { trustingTokens } from './trust-policy.ts';

export interface AwsWorldOptions {
  readonly now: () => Date;
  readonly log: LabLog;
  /**
   * The time until a change to the federation setting reaches STS, in milliseconds (default: 0). In AWS, this
   * takes 8 to 12 seconds (facts/aws.md 1).
   */
  readonly propagationMs?: number;
  readonly description?: AwsDescription;
  /**
   * The keys, secrets and settings of an earlier lab, by account ID. An identity with the same ARN gets the
   * same keys and secrets again.
   */
  readonly kept?: Kept['accounts'];
}

/** The values of a session. They are not validated, because a test may need an expired session. */
export interface SessionFacts {
  readonly principal: LabUser | LabRole;
  readonly expiresAt: Date;
  /** The name of a role session (default: `lab`). */
  readonly sessionName?: string;
  readonly tags?: Tags;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string | null;
  /**
   * The name of a federated user. For a federated user, `principal` is the user who calls GetFederationToken.
   */
  readonly federatedUser?: string;
  readonly mfa?: boolean;
  readonly federatedProvider?: string;
  readonly platformClaims?: PlatformClaims;
  /** The session policies (default: none). */
  readonly policies?: readonly NamedPolicy[] | null;
  /** The minimum length of the session token, in characters. */
  readonly minimumTokenSize?: number;
}

/** An external issuer that an account trusts, and the roles that tokens from this issuer can assume. */
export interface IssuerTrust {
  readonly accountId: string;
  /** The issuer URL, which tokens contain in `iss`. */
  readonly issuer: string;
  readonly audiences: readonly string[];
  /** The roles that a token with one of these `audiences` can assume. */
  readonly roles: readonly {
    readonly name: string;
    /** The required `sub` of the tokens. It can contain the wildcards `*` and `?` of StringLike. */
    readonly subject: string;
  }[];
}

/** The state of AWS in the lab: accounts, identities, keys and sessions. */
export interface AwsWorld {
  readonly accounts: readonly LabAccount[];
  readonly users: readonly LabUser[];
  readonly roles: readonly LabRole[];
  account(id: string): LabAccount;
  /**
   * Returns the user with this name. The built-in lab has `operator`, `no-mint`, `mfa-user` and
   * `org-operator`.
   */
  user(name: string): LabUser;
  /** Returns the role with this name. The built-in lab has `app`, `etl` and `mfa`. */
  role(name: string): LabRole;
  /** Enables or disables outbound federation for an account, as IAM does. */
  setFederation(accountId: string, enabled: boolean): void;
  /**
   * Changes the policies that are attached to a user or role. The change also applies to existing sessions.
   *
   * @throws FedctlError lab.policy-malformed
   */
  setPolicies(principal: LabUser | LabRole, change: PolicyChange): void;
  setTrustPolicy(role: LabRole, document: unknown): void;
  /**
   * Sets the service control policies of an account: one set for each level, from the root of the
   * organization to the account. An action is allowed only if every level allows it. An empty list removes
   * all policies.
   *
   * @throws FedctlError lab.policy-malformed
   */
  setServiceControlPolicies(accountId: string, levels: readonly PolicyDocuments[]): void;
  /**
   * Replaces the signing keys. New tokens use the next key IDs, and the issuer publishes only the new keys.
   */
  rotateKeys(accountId: string): Promise<void>;
  /**
   * Deletes a user or role. Its keys and sessions become invalid.
   *
   * @returns false if the ARN does not exist
   */
  remove(arn: string): boolean;
  /**
   * Creates an OpenID Connect provider for an external issuer. Replaces the account's existing provider for
   * this issuer, if any.
   */
  trustIssuer(trust: IssuerTrust): OidcProvider;
  createSession(facts: SessionFacts): LabSession;
  /**
   * Returns the user or session that an access key belongs to. Also returns expired sessions, because AWS
   * distinguishes expired keys from unknown keys.
   */
  holderOf(accessKeyId: string): LabUser | LabSession | undefined;
}

/**
 * Creates the given accounts and identities, with new keys and secrets. By default, creates those of the
 * built-in lab.
 *
 * @throws FedctlError lab.policy-malformed
 */
export async function createAwsWorld({
  now,
  log,
  propagationMs = 0,
  description = BUILT_IN_AWS,
  kept = {},
}: AwsWorldOptions): Promise<AwsWorld> {
  const accounts = description.accounts.map((described) => {
    const before = kept[described.id];
    const enabled = before?.federation ?? described.federation;
    const account: LabAccount = {
      id: described.id,
      organization: described.organization,
      federation: new FederationSwitch({ now, propagationMs, enabled }),
      keys: createSigningKeys(before?.generation, before?.keys),
      issuer: '',
      oidcProviders: [],
      serviceControlPolicies: (described.serviceControlPolicies ?? []).map(namedPolicies),
    };
    return { account, described };
  });
  return new World({
    now,
    log,
    accounts: accounts.map(({ account }) => account),
    users: accounts.flatMap(({ account, described }) =>
      described.users.map((user) => createUser(account, user, kept[account.id])),
    ),
    roles: accounts.flatMap(({ account, described }) =>
      described.roles.map((role) => createRole(account, role, kept[account.id])),
    ),
  });
}

class World implements AwsWorld {
  readonly accounts: readonly LabAccount[];
  users: readonly LabUser[];
  roles: readonly LabRole[];
  readonly #now: () => Date;
  readonly #log: LabLog;
  readonly #holders = new Map<string, LabUser | LabSession>();

  constructor({
    now,
    log,
    accounts,
    users,
    roles,
  }: Pick<AwsWorld, 'accounts' | 'users' | 'roles'> & Pick<AwsWorldOptions, 'now' | 'log'>) {
    this.#now = now;
    this.#log = log;
    this.accounts = accounts;
    this.users = users;
    this.roles = roles;
    for (const user of users) this.#holders.set(user.accessKeyId, user);
  }

  account(id: string): LabAccount {
    return found(this.accounts, (account) => account.id === id, id);
  }

  user(name: string): LabUser {
    return found(this.users, (user) => user.name === name, name);
  }

  role(name: string): LabRole {
    return found(this.roles, (role) => role.name === name, name);
  }

  setFederation(accountId: string, enabled: boolean): void {
    if (!this.account(accountId).federation.set(enabled)) return;
    this.#tell(
      'setFederation',
      `the lab ${enabled ? 'enabled' : 'disabled'} outbound federation of account ${accountId}`,
    );
  }

  setPolicies(principal: LabUser | LabRole, change: PolicyChange): void {
    principal.policies = changedPolicies(principal.policies, change);
    this.#tell('setPolicies', `the lab changed the policies of ${principal.arn}`);
  }

  setTrustPolicy(role: LabRole, document: unknown): void {
    role.trustPolicy = namedPolicy(role.name, document, 'trust');
    this.#tell('setTrustPolicy', `the lab changed the trust policy of ${role.arn}`);
  }

  setServiceControlPolicies(accountId: string, levels: readonly PolicyDocuments[]): void {
    this.account(accountId).serviceControlPolicies = levels.map(namedPolicies);
    this.#tell(
      'setServiceControlPolicies',
      `the lab changed the service control policies of account ${accountId}`,
    );
  }

  async rotateKeys(accountId: string): Promise<void> {
    const account = this.account(accountId);
    account.keys = createSigningKeys(account.keys.RS256.generation + 1);
    this.#tell(
      'rotateKeys',
      `account ${accountId} now signs with ${account.keys.RS256.kid} and ${account.keys.ES384.kid}`,
    );
  }

  remove(arn: string): boolean {
    const principal = [...this.users, ...this.roles].find((one) => one.arn === arn);
    if (principal === undefined) return false;
    this.users = this.users.filter((user) => user !== principal);
    this.roles = this.roles.filter((role) => role !== principal);
    for (const [accessKeyId, holder] of this.#holders) {
      const owner = 'principal' in holder ? holder.principal : holder;
      if (owner === principal) this.#holders.delete(accessKeyId);
    }
    this.#tell('remove', `the lab deleted ${arn} with its keys and sessions`);
    return true;
  }

  trustIssuer({ accountId, issuer, audiences, roles }: IssuerTrust): OidcProvider {
    const account = this.account(accountId);
    const provider: OidcProvider = {
      arn: `arn:aws:iam::${accountId}:oidc-provider/${issuer.replace(/^https?:\/\//, '')}`,
      issuer,
      audiences,
    };
    account.oidcProviders = [...account.oidcProviders.filter((one) => one.issuer !== issuer), provider];
    for (const role of this.roles.filter((one) => one.account === account)) {
      const subjects = roles.filter(({ name }) => name === role.name).map(({ subject }) => subject);
      role.trustPolicy = trustingTokens(role.trustPolicy, provider, subjects);
    }
    return provider;
  }

  createSession(facts: SessionFacts): LabSession {
    const session: LabSession = {
      principal: facts.principal,
      accessKeyId: uniqueId('ASIA'),
      secretAccessKey: secretKey(),
      sessionToken: new Secret(sessionToken(facts.minimumTokenSize ?? 0)),
      issuedAt: this.#now(),
      // AWS stores the expiration in whole seconds (facts/aws.md 13.2).
      expiresAt: new Date(epoch(facts.expiresAt) * 1000),
      sessionName: facts.principal.kind === 'role' ? (facts.sessionName ?? 'lab') : null,
      federatedUser: facts.federatedUser ?? null,
      mfa: facts.mfa ?? false,
      federatedProvider: facts.federatedProvider ?? null,
      tags: facts.tags ?? {},
      transitiveTagKeys: facts.transitiveTagKeys ?? [],
      sourceIdentity: facts.sourceIdentity ?? null,
      platformClaims: facts.platformClaims ?? {},
      policies: facts.policies ?? null,
    };
    this.#holders.set(session.accessKeyId, session);
    return session;
  }

  holderOf(accessKeyId: string): LabUser | LabSession | undefined {
    return this.#holders.get(accessKeyId);
  }

  #tell(action: string, reason: string): void {
    this.#log.add({ hop: 'iam', action, principal: null, decision: 'info', reason });
  }
}

/**
 * Returns the element that matches. Throws if no element matches, because an unknown name is a bug in the
 * caller.
 */
function found<T>(all: readonly T[], matches: (one: T) => boolean, name: string): T {
  const one = all.find(matches);
  if (one === undefined) throw new RangeError(`the lab's AWS has no "${name}"`);
  return one;
}
