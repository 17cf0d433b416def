import type { RoleDescription, UserDescription } from './description.ts';
import { secretKey, uniqueId } from './fresh-keys.ts';
import type { LabAccount, LabRole, LabUser } from './identities.ts';
import { MfaDevice } from './mfa-device.ts';
import { changedPolicies, namedPolicy } from './policies.ts';

/** @throws FedctlError lab.policy-malformed */
export function createUser(account: LabAccount, described: UserDescription): LabUser {
  const { name, path = '/', profile = name, tags = {} } = described;
  return {
    kind: 'user',
    account,
    name,
    arn: `arn:aws:iam::${account.id}:user${path}${name}`,
    id: uniqueId('AIDA'),
    profile,
    tags,
    policies: attachedPolicies(described),
    mfaDevice: described.mfa === true ? new MfaDevice(`arn:aws:iam::${account.id}:mfa/${name}`) : null,
    accessKeyId: uniqueId('AKIA'),
    secretAccessKey: secretKey(),
  };
}

/** @throws FedctlError lab.policy-malformed */
export function createRole(account: LabAccount, described: RoleDescription): LabRole {
  const { name, path = '/', profile = name, tags = {} } = described;
  return {
    kind: 'role',
    account,
    name,
    arn: `arn:aws:iam::${account.id}:role${path}${name}`,
    id: uniqueId('AROA'),
    profile,
    tags,
    policies: attachedPolicies(described),
    trustPolicy: namedPolicy(name, described.trustPolicy, 'trust'),
    maxSessionSeconds: described.maxSessionSeconds,
  };
}

function attachedPolicies({ policies = {}, permissionsBoundary = null }: UserDescription | RoleDescription) {
  const none = { identity: [], boundary: null };
  return changedPolicies(none, { identity: policies, boundary: permissionsBoundary });
}
