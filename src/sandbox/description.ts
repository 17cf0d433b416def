import type { GrantedRole } from '../lib/trust/relying-party.ts';
import { type AwsDescription, BUILT_IN_AWS } from './aws/description.ts';

/** The contents of a lab, as data: from a configuration file, or the built-in lab. */
export interface LabDescription {
  readonly aws: AwsDescription;
  /** Null: one for the first account's issuer, connected, with the lab's audience. */
  readonly identityProviders: readonly DescribedIdentityProvider[] | null;
  /**
   * Null: one per mechanism for every identity of the first account, except identities that are only
   * bystanders.
   */
  readonly databaseUsers: readonly DescribedDatabaseUser[] | null;
  /** Documents by `database.collection`, in MongoDB's Extended JSON. */
  readonly data: Readonly<Record<string, readonly object[]>>;
}

export interface DescribedIdentityProvider {
  readonly displayName: string;
  /** The id of an account of the lab, or the URL of any issuer. */
  readonly issuer: { readonly account: string } | { readonly url: string };
  readonly audience: string;
  readonly userClaim: string;
  /** Whether the organization is connected to it. */
  readonly connected: boolean;
}

export interface DescribedDatabaseUser {
  readonly mechanism: 'oidc' | 'aws';
  /** The ARN of a user or role, or any other value of the user claim. */
  readonly principal: string;
  /** The display name of the identity provider, for `oidc`; by default the first one. */
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
