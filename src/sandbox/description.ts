import type { GrantedRole } from '../lib/trust/relying-party.ts';
import { type AwsDescription, BUILT_IN_AWS } from './aws/description.ts';

/** What a lab is to play: data. A configuration file says it, or nobody does and it is the built-in lab. */
export interface LabDescription {
  readonly aws: AwsDescription;
  /** null: one for the first account's issuer, connected, with the lab's audience. */
  readonly identityProviders: readonly DescribedIdentityProvider[] | null;
  /** null: by each mechanism one for every identity of the first account that is no bystander. */
  readonly databaseUsers: readonly DescribedDatabaseUser[] | null;
  /** Documents by `database.collection`, in MongoDB's Extended JSON. */
  readonly data: Readonly<Record<string, readonly object[]>>;
}

export interface DescribedIdentityProvider {
  readonly displayName: string;
  /** Of an account of the lab, by its id, or a URL of any issuer. */
  readonly issuer: { readonly account: string } | { readonly url: string };
  readonly audience: string;
  readonly userClaim: string;
  /** Whether the organization is connected to it. */
  readonly connected: boolean;
}

export interface DescribedDatabaseUser {
  readonly mechanism: 'oidc' | 'aws';
  /** The ARN of a user or role, or whatever else the user claim holds. */
  readonly principal: string;
  /** By its display name, for `oidc`; the first one unless given. */
  readonly identityProvider: string | null;
  readonly roles: readonly GrantedRole[];
  /** Names of clusters; all of them when empty. */
  readonly clusters: readonly string[];
}

export const BUILT_IN_LAB: LabDescription = {
  aws: BUILT_IN_AWS,
  identityProviders: null,
  databaseUsers: null,
  data: {},
};
