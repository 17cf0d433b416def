import type { AccountDescription, RoleDescription, UserDescription } from '../aws/description.ts';
import { allowing, type PolicyDocuments } from '../aws/policies.ts';
import { trusting } from '../aws/trust-policy.ts';
import { BUILT_IN_LAB, type LabDescription } from '../description.ts';
import type { SandboxConfig } from './schema.ts';

type ConfiguredAccount = NonNullable<SandboxConfig['accounts']>[number];
type ConfiguredUser = NonNullable<ConfiguredAccount['users']>[number];
type ConfiguredRole = NonNullable<ConfiguredAccount['roles']>[number];

const ONE_HOUR = 3600;

/**
 * Returns the lab that a configuration describes. If the configuration omits a part, the lab has the same
 * part as the built-in lab.
 */
export function describedLab(config: SandboxConfig): LabDescription {
  const first = (config.accounts ?? BUILT_IN_LAB.aws.accounts)[0]?.id ?? '';
  return {
    aws: config.accounts === undefined ? BUILT_IN_LAB.aws : { accounts: config.accounts.map(account) },
    identityProviders:
      config.identityProviders?.map((one) => ({
        displayName: one.name,
        issuer: one.issuer === undefined ? { account: one.account ?? first } : { url: one.issuer },
        audience: one.audience,
        userClaim: one.userClaim ?? 'sub',
        connected: one.connected ?? true,
      })) ?? null,
    databaseUsers:
      config.databaseUsers?.map((one) => ({
        mechanism: one.mechanism,
        principal: one.principal,
        identityProvider: one.identityProvider ?? null,
        roles: one.roles.map(grantedRole),
        clusters: one.clusters ?? [],
      })) ?? null,
    data: config.data ?? {},
  };
}

function account(configured: ConfiguredAccount, index: number): AccountDescription {
  const { id, organization = null, federation, serviceControlPolicies, users = [], roles = [] } = configured;
  return {
    id,
    organization,
    federation: federation === 'enabled',
    ...(serviceControlPolicies === undefined ? {} : { serviceControlPolicies }),
    // The first user of the first account gets the profile `default`. The lab's environment variables contain
    // the keys of this user.
    users: users.map((one, at) => user(one, index === 0 && at === 0 ? 'default' : one.name)),
    roles: roles.map(role),
  };
}

function user(configured: ConfiguredUser, profile: string): UserDescription {
  return { ...principal(configured, profile), mfa: configured.mfa ?? false };
}

function role(configured: ConfiguredRole): RoleDescription {
  const { trusts = [], externalId, needsMfa = false, trustPolicy, maxSessionSeconds = ONE_HOUR } = configured;
  return {
    ...principal(configured, configured.name),
    trustPolicy:
      trustPolicy ?? trusting({ trusts, mfa: needsMfa, ...(externalId === undefined ? {} : { externalId }) }),
    maxSessionSeconds,
  };
}

function principal(configured: ConfiguredUser | ConfiguredRole, profile: string) {
  const { name, path = '/', tags = {}, allow, policies = {}, permissionsBoundary } = configured;
  const own: PolicyDocuments = allow === undefined ? policies : { Allow: allowing(...allow), ...policies };
  return {
    name,
    path,
    profile: configured.profile ?? profile,
    tags,
    policies: own,
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
  };
}

/** Converts a role such as `readWrite@app` to the name of the role and its database. */
function grantedRole(text: string) {
  const at = text.indexOf('@');
  return { role: text.slice(0, at), db: text.slice(at + 1) };
}
