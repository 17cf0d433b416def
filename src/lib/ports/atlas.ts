import type { FedctlError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';

/**
 * Credentials for the Atlas Administration API: a service account (OAuth) or a programmatic API key (HTTP
 * Digest).
 */
export type AtlasCredentials =
  | { readonly kind: 'service-account'; readonly clientId: string; readonly secret: Secret }
  | { readonly kind: 'api-key'; readonly publicKey: string; readonly privateKey: Secret };

/** The URL, the credentials and the timeout of the Atlas API. */
export interface AtlasSettings {
  /**
   * A URL without a path, such as `https://cloud.mongodb.com`. http is allowed only for loopback addresses.
   */
  readonly url: string;
  readonly credentials: AtlasCredentials;
  /** Timeout of each request, in milliseconds. */
  readonly timeoutMs: number;
}

/** A workload identity provider of a federation (facts/mongodb.md 7.5). */
export interface AtlasIdentityProvider {
  /**
   * The identity provider ID: 24 hexadecimal digits. The user name of a database user starts with this ID.
   */
  readonly id: string;
  readonly displayName: string;
  readonly issuer: string;
  readonly audience: string;
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly authorizationType: 'USER' | 'GROUP';
}

/** A database user of a project (facts/mongodb.md 7.6). */
export interface AtlasDatabaseUser {
  readonly username: string;
  readonly database: string;
  readonly oidcAuthType: 'NONE' | 'USER' | 'IDP_GROUP';
  readonly awsIAMType: 'NONE' | 'USER' | 'ROLE';
  /** If `collection` is set, the role applies only to this collection of the database. */
  readonly roles: readonly { readonly role: string; readonly db: string; readonly collection?: string }[];
  /** `type` is `CLUSTER`, `DATA_LAKE` or `STREAM`. Atlas may add types. */
  readonly scopes: readonly { readonly name: string; readonly type: string }[];
  readonly deleteAfterDate?: Date;
}

/** An entry in the IP access list of a project (facts/mongodb.md 7.7). */
export interface AtlasAccessListEntry {
  /** CIDR block such as `203.0.113.9/32`; null for a security group. */
  readonly cidrBlock: string | null;
  readonly awsSecurityGroup: string | null;
  readonly comment: string;
  readonly deleteAfterDate: Date | null;
}

/** A dedicated, shared or flex cluster of a project (facts/mongodb.md 7.8). */
export interface AtlasCluster {
  readonly name: string;
  /** `M10`, `M0`, `FLEX` … */
  readonly instanceSize: string;
  /** IDLE, CREATING, UPDATING, DELETING or REPAIRING. */
  readonly stateName: string;
  readonly paused: boolean;
  /** `8.0.13` */
  readonly mongoDBVersion: string;
  /**
   * All connection strings of the cluster, including the connection strings for network peering and private
   * endpoints. The list is empty while Atlas creates the cluster.
   */
  readonly connectionStrings: readonly string[];
}

/**
 * All entries of a list. Unreadable entries are returned separately. A check that needs only one entry can
 * then succeed even if another entry is unreadable.
 */
export interface AtlasList<T> {
  readonly entries: readonly T[];
  readonly unreadable: readonly UnreadableEntry[];
}

export interface UnreadableEntry {
  /** The user name, issuer, cluster name or CIDR block of the entry; null if this property is unreadable. */
  readonly name: string | null;
  /** atlas.answer-unreadable */
  readonly failure: FedctlError;
}

/** A login attempt in the access history of a cluster (dbAccessHistory). */
export interface AtlasLogin {
  /** Null if the time is unreadable. */
  readonly at: Date | null;
  readonly username: string;
  readonly ipAddress: string;
  readonly accepted: boolean;
  /** The reason from the server log; null if the log contains no reason. */
  readonly failureReason: string | null;
}

/**
 * The read-only part of the Atlas Administration API. Every method throws only FedctlError. The codes atlas.*
 * describe failed connections, invalid credentials, missing roles, and addresses that are not on the API
 * access list.
 */
export interface Atlas {
  readonly url: string;
  project(
    projectId: string,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly name: string; readonly organizationId: string }>;
  /** Returns the ID of the federation settings; null if federation is not set up for the organization. */
  federationSettingsId(organizationId: string, signal: AbortSignal): Promise<string | null>;
  /**
   * Returns all workload identity providers of the federation, whether or not they are connected to an
   * organization.
   */
  identityProviders(
    federationSettingsId: string,
    signal: AbortSignal,
  ): Promise<AtlasList<AtlasIdentityProvider>>;
  /** Returns the IDs of the identity providers that are connected to the organization for data access. */
  connectedIdentityProviderIds(
    federationSettingsId: string,
    organizationId: string,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  databaseUsers(projectId: string, signal: AbortSignal): Promise<AtlasList<AtlasDatabaseUser>>;
  accessList(projectId: string, signal: AbortSignal): Promise<AtlasList<AtlasAccessListEntry>>;
  /** Returns the status of an IP access list entry. */
  accessListStatus(
    projectId: string,
    entry: AtlasAccessListEntry,
    signal: AbortSignal,
  ): Promise<'PENDING' | 'ACTIVE' | 'FAILED'>;
  /** Returns dedicated, shared and flex clusters. */
  clusters(projectId: string, signal: AbortSignal): Promise<AtlasList<AtlasCluster>>;
  /**
   * Returns the login attempts to a cluster since a time, newest first. Returns an empty list for shared
   * tiers, because these tiers have no access history.
   */
  accessHistory(
    projectId: string,
    clusterName: string,
    since: Date,
    signal: AbortSignal,
  ): Promise<readonly AtlasLogin[]>;
  /** Returns the IP address from which Atlas receives the requests of this machine. */
  ownAddress(signal: AbortSignal): Promise<string>;
}
