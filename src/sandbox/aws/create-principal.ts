import { Secret } from '../../lib/core/secret.ts';
import type { KeptAccount } from '../state/kept.ts';
import type { RoleDescription, UserDescription } from './description.ts';
import { secretKey, uniqueId } from './fresh-keys.ts';
import type { LabAccount, LabRole, LabUser } from './identities.ts';
import { MfaDevice } from './mfa-device.ts';
import { changedPolicies, namedPolicy } from './policies.ts';

/** @throws FedctlError lab.policy-malformed if AWS would reject a policy of the user */
export function createUser(account: LabAccount, described: UserDescription, kept?: KeptAccount): LabUser {
  const { name, path = '/', profile = name, tags = {} } = described;
  const arn = `arn:aws:iam::${account.id}:user${path}${name}`;
  const before = kept?.users[arn];
  const seed = before?.mfaSeed ?? null;
  return {
    kind: 'user',
    account,
    name,
    arn,
    id: before?.id ?? uniqueId('AIDA'),
    profile,
    tags,
    policies: attachedPolicies(described),
    mfaDevice:
      described.mfa === true
        ? new MfaDevice(
            `arn:aws:iam::${account.id}:mfa/${name}`,
            seed === null ? undefined : new Secret(seed),
          )
        : null,
    accessKeyId: before?.accessKeyId ?? uniqueId('AKIA'),
    secretAccessKey: before === undefined ? secretKey() : new Secret(before.secretAccessKey),
  };
}

/** @throws FedctlError lab.policy-malformed if AWS would reject a policy of the role */
export function createRole(account: LabAccount, described: RoleDescription, kept?: KeptAccount): LabRole {
  const { name, path = '/', profile = name, tags = {} } = described;
  const arn = `arn:aws:iam::${account.id}:role${path}${name}`;
  return {
    kind: 'role',
    account,
    name,
    arn,
    id: kept?.roles[arn] ?? uniqueId('AROA'),
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
