import type { GrantedRole } from '../lib/trust/relying-party.ts';
import { type AwsDescription, BUILT_IN_AWS } from './aws/description.ts';

/** The contents of a lab, as data: from a configuration file, or built in. */
export interface LabDescription {
  readonly aws: AwsDescription;
  /**
   * The identity providers. If null, the lab has one for the issuer of the first account, connected to the
   * organization, with the default audience.
   */
  readonly identityProviders: readonly DescribedIdentityProvider[] | null;
  /**
   * The database users. If null, the lab has one per mechanism for every identity of the first account, except
   * `no-mint`.
   */
  readonly databaseUsers: readonly DescribedDatabaseUser[] | null;
  /** Documents by `database.collection`, as MongoDB Extended JSON. */
  readonly data: Readonly<Record<string, readonly object[]>>;
}

export interface DescribedIdentityProvider {
  readonly displayName: string;
  /** The issuer of a lab account by account ID, or the URL of any issuer. */
  readonly issuer: { readonly account: string } | { readonly url: string };
  readonly audience: string;
  readonly userClaim: string;
  /** Whether the organization is connected to the identity provider. */
  readonly connected: boolean;
}

export interface DescribedDatabaseUser {
  readonly mechanism: 'oidc' | 'aws';
  /** The ARN of a user or role, or any other value of the user claim. */
  readonly principal: string;
  /** The display name of the identity provider, for `oidc` (default: the first identity provider). */
  readonly identityProvider: string | null;
  readonly roles: readonly GrantedRole[];
  /** Names of clusters; empty for all clusters. */
  readonly clusters: readonly string[];
}

export const BUILT_IN_LAB: LabDescription = {
  aws: BUILT_IN_AWS,
  identityProviders: null,
  databaseUsers: null,
  data: {},
};
