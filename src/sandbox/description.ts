import type { GrantedRole } from '../lib/trust/relying-party.ts';
import { type AwsDescription, BUILT_IN_AWS } from './aws/description.ts';

/** Describes a lab. The description comes from a configuration file, or from the built-in lab. */
export interface LabDescription {
  readonly aws: AwsDescription;
  /**
   * The identity providers. If null, the lab has one identity provider, with the issuer of the first account
   * and the default audience. The organization is connected to this identity provider.
   */
  readonly identityProviders: readonly DescribedIdentityProvider[] | null;
  /**
   * The database users. If null, the lab creates two database users for each IAM user and role in the first
   * account: one for MONGODB-OIDC, and one for MONGODB-AWS. The user `no-mint` gets no database users.
   */
  readonly databaseUsers: readonly DescribedDatabaseUser[] | null;
  /** The documents to load, by `database.collection`, as MongoDB Extended JSON. */
  readonly data: Readonly<Record<string, readonly object[]>>;
}

export interface DescribedIdentityProvider {
  readonly displayName: string;
  /** The issuer: the ID of an account in the lab, or the URL of any issuer. */
  readonly issuer: { readonly account: string } | { readonly url: string };
  readonly audience: string;
  readonly userClaim: string;
  /** Whether the organization is connected to the identity provider. */
  readonly connected: boolean;
}

export interface DescribedDatabaseUser {
  readonly mechanism: 'oidc' | 'aws';
  /** The ARN of a user or role. For the mechanism `oidc`, this can be any value of the user claim. */
  readonly principal: string;
  /**
   * The display name of the identity provider. Used only for `oidc` (default: the first identity provider).
   */
  readonly identityProvider: string | null;
  readonly roles: readonly GrantedRole[];
  /** The names of the clusters that the user can access. An empty list means all clusters. */
  readonly clusters: readonly string[];
}

export const BUILT_IN_LAB: LabDescription = {
  aws: BUILT_IN_AWS,
  identityProviders: null,
  databaseUsers: null,
  data: {},
};
