import type { DatabaseUser, GrantedRole } from '../../lib/trust/relying-party.ts';

/** A workload identity provider in Atlas (facts/mongodb.md 7.5). */
export interface AtlasIdentityProvider {
  /** The ID of the identity provider: 24 hex characters. */
  readonly id: string;
  /** The display name. The length is 1 to 50 characters. */
  readonly displayName: string;
  readonly description: string;
  /** The issuer URL, which must equal the claim `iss` byte for byte. */
  readonly issuer: string;
  readonly audience: string;
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly authorizationType: 'USER' | 'GROUP';
  readonly createdAt: Date;
  /** The time of the last update; null before the first update. */
  readonly updatedAt: Date | null;
}

/**
 * The values of a new identity provider. By default `userClaim` is `sub`, `groupsClaim` is `groups`, and
 * `authorizationType` is `USER`.
 */
export type IdentityProviderFacts = Pick<AtlasIdentityProvider, 'displayName' | 'issuer' | 'audience'> &
  Partial<Omit<AtlasIdentityProvider, 'createdAt' | 'updatedAt'>>;

/** A database user in Atlas (facts/mongodb.md 7.6). The cluster receives only the fields of DatabaseUser. */
export interface AtlasDatabaseUser extends DatabaseUser {
  readonly scopes: NonNullable<DatabaseUser['scopes']>;
  readonly description: string | null;
}

/**
 * The values of a new database user. By default, the user is in `$external`, has no authentication type and
 * no scopes, and does not expire.
 */
export interface DatabaseUserFacts extends Partial<Omit<AtlasDatabaseUser, 'username' | 'roles'>> {
  readonly username: string;
  readonly roles: readonly GrantedRole[];
}

/** An entry of the project's IP access list (facts/mongodb.md 7.7). */
export interface AccessListEntry {
  /** The CIDR block, such as `203.0.113.9/32`; null if the entry is a security group. */
  readonly cidrBlock: string | null;
  /** The ID of a security group, such as `sg-903004f8`; null if the entry is a CIDR block. */
  readonly awsSecurityGroup: string | null;
  readonly comment: string;
  readonly deleteAfterDate: Date | null;
  readonly status: 'PENDING' | 'FAILED' | 'ACTIVE';
}

/**
 * The values of a new entry. Exactly one of `ipAddress`, `cidrBlock` and `awsSecurityGroup` is required.
 * Atlas stores an IP address as a block with one address.
 */
export interface AccessListFacts {
  readonly ipAddress?: string;
  readonly cidrBlock?: string;
  readonly awsSecurityGroup?: string;
  readonly comment?: string;
  readonly deleteAfterDate?: Date | null;
  readonly status?: AccessListEntry['status'];
}

export type ClusterState = 'IDLE' | 'CREATING' | 'UPDATING' | 'DELETING' | 'REPAIRING';

/** A cluster of the project (facts/mongodb.md 7.8). */
export interface AtlasCluster {
  readonly id: string;
  readonly name: string;
  /** The MongoDB version, such as `8.0.13`. */
  readonly mongoDBVersion: string;
  /**
   * The cluster tier, such as `M10` or `M0`. For a flex cluster, the value is `FLEX`. The API for clusters
   * rejects flex clusters, because they have a separate API.
   */
  readonly instanceSize: string;
  readonly stateName: ClusterState;
  readonly paused: boolean;
  /**
   * The standard connection string, without a user. The string of the lab's own cluster contains the actual
   * address of the lab's MongoDB server.
   */
  readonly connectionString: string;
  /** The SRV connection string; null if the lab has no DNS server. */
  readonly connectionStringSrv: string | null;
  readonly createdAt: Date;
}

/** A login to a cluster, with the fields that Atlas reads from the server log. */
export interface AccessHistoryEntry {
  readonly at: Date;
  readonly cluster: string;
  /** The server, as `host:port`. */
  readonly hostname: string;
  readonly ipAddress: string;
  readonly username: string;
  readonly authSource: string;
  readonly accepted: boolean;
  readonly failureReason: string | null;
  readonly mechanism: string;
}

/**
 * The role of a credential. An `ORG_` role applies to the organization and its project. A `GROUP_` role applies
 * only to the project.
 */
export type ApiRole = 'ORG_OWNER' | 'ORG_READ_ONLY' | 'GROUP_OWNER' | 'GROUP_READ_ONLY';
