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
  /** `https://cloud.mongodb.com`, without a path. Plain http is allowed only for loopback addresses. */
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
  /** `CLUSTER`, `DATA_LAKE`, `STREAM`. Atlas may add types. */
  readonly scopes: readonly { readonly name: string; readonly type: string }[];
  readonly deleteAfterDate?: Date;
}

/** An entry of a project's IP access list (facts/mongodb.md 7.7). */
export interface AtlasAccessListEntry {
  /** CIDR block such as `203.0.113.9/32`; null for a security group. */
  readonly cidrBlock: string | null;
  readonly awsSecurityGroup: string | null;
  readonly comment: string;
  readonly deleteAfterDate: Date | null;
}

/** A cluster of a project, dedicated, shared or flex (facts/mongodb.md 7.8). */
export interface AtlasCluster {
  readonly name: string;
  /** `M10`, `M0`, `FLEX` … */
  readonly instanceSize: string;
  /** IDLE, CREATING, UPDATING, DELETING, REPAIRING. */
  readonly stateName: string;
  readonly paused: boolean;
  /** `8.0.13` */
  readonly mongoDBVersion: string;
  /**
   * All connection strings of the cluster: standard, SRV, private, private endpoints. Empty while the cluster
   * is being created.
   */
  readonly connectionStrings: readonly string[];
}

/**
 * All entries of a list. Entries that fedctl cannot read are listed separately, because most checks concern
 * only one entry.
 */
export interface AtlasList<T> {
  readonly entries: readonly T[];
  readonly unreadable: readonly UnreadableEntry[];
}

export interface UnreadableEntry {
  /**
   * The key of the entry: user name, issuer, cluster name or CIDR block. Null if the key is unreadable too.
   */
  readonly name: string | null;
  /** atlas.answer-unreadable */
  readonly failure: FedctlError;
}

/** A login attempt in the history of a cluster (dbAccessHistory). */
export interface AtlasLogin {
  /** Null if the time is unreadable. */
  readonly at: Date | null;
  readonly username: string;
  readonly ipAddress: string;
  readonly accepted: boolean;
  /** The reason from the server log; null if the log contains none. */
  readonly failureReason: string | null;
}

/**
 * The read-only part of the Atlas Administration API. Every method throws only FedctlError: atlas.* for the
 * connection, the credentials, their roles and the API access list.
 */
export interface Atlas {
  readonly url: string;
  project(
    projectId: string,
    signal: AbortSignal,
  ): Promise<{ readonly id: string; readonly name: string; readonly organizationId: string }>;
  /** Null when federation is not set up for the organization. */
  federationSettingsId(organizationId: string, signal: AbortSignal): Promise<string | null>;
  /** Returns the workload identity providers of the federation from all pages, whether connected or not. */
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
  /** Returns whether an entry of the IP access list is active. */
  accessListStatus(
    projectId: string,
    entry: AtlasAccessListEntry,
    signal: AbortSignal,
  ): Promise<'PENDING' | 'ACTIVE' | 'FAILED'>;
  /** Returns dedicated, shared and flex clusters. */
  clusters(projectId: string, signal: AbortSignal): Promise<AtlasList<AtlasCluster>>;
  /**
   * Returns the logins to a cluster since a time, newest first. Returns none for shared tiers, which have no
   * history.
   */
  accessHistory(
    projectId: string,
    clusterName: string,
    since: Date,
    signal: AbortSignal,
  ): Promise<readonly AtlasLogin[]>;
  /** Returns the IP address of this machine, as Atlas sees it. */
  ownAddress(signal: AbortSignal): Promise<string>;
}
