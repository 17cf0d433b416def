import type { DatabaseUser, GrantedRole } from '../../lib/trust/relying-party.ts';

/** A workload identity provider in Atlas (facts/mongodb.md 7.5). */
export interface AtlasIdentityProvider {
  /** 24 hex characters. */
  readonly id: string;
  /** 1 to 50 characters. */
  readonly displayName: string;
  readonly description: string;
  /** Compared byte for byte with `iss`. */
  readonly issuer: string;
  readonly audience: string;
  readonly userClaim: string;
  readonly groupsClaim: string;
  readonly authorizationType: 'USER' | 'GROUP';
  readonly createdAt: Date;
  /** Null until the first update. */
  readonly updatedAt: Date | null;
}

/**
 * The values for a new identity provider. By default `userClaim` is `sub`, `groupsClaim` is `groups`, and the
 * type is `USER`.
 */
export type IdentityProviderFacts = Pick<AtlasIdentityProvider, 'displayName' | 'issuer' | 'audience'> &
  Partial<Omit<AtlasIdentityProvider, 'createdAt' | 'updatedAt'>>;

/** A database user in Atlas, with more than the cluster receives (facts/mongodb.md 7.6). */
export interface AtlasDatabaseUser extends DatabaseUser {
  readonly scopes: NonNullable<DatabaseUser['scopes']>;
  readonly description: string | null;
}

/**
 * The values for a new database user. By default it is in `$external`, has no type and no scopes, and does
 * not expire.
 */
export interface DatabaseUserFacts extends Partial<Omit<AtlasDatabaseUser, 'username' | 'roles'>> {
  readonly username: string;
  readonly roles: readonly GrantedRole[];
}

/** An entry of the project's IP access list (facts/mongodb.md 7.7). */
export interface AccessListEntry {
  /** `203.0.113.9/32`; null for a security group. */
  readonly cidrBlock: string | null;
  /** `sg-903004f8`; null for an address. */
  readonly awsSecurityGroup: string | null;
  readonly comment: string;
  readonly deleteAfterDate: Date | null;
  readonly status: 'PENDING' | 'FAILED' | 'ACTIVE';
}

/**
 * The values for a new entry: exactly one of the first three. An address is stored as a block with one
 * address.
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
  /** `8.0.13` */
  readonly mongoDBVersion: string;
  /** `M10`, `M0` …; `FLEX` makes it a flex cluster, which the cluster API rejects. */
  readonly instanceSize: string;
  readonly stateName: ClusterState;
  readonly paused: boolean;
  /** Without user and options: the real address of the lab's MongoDB server for its own cluster. */
  readonly connectionString: string;
  /** Null when the lab has no DNS server. */
  readonly connectionStringSrv: string | null;
  readonly createdAt: Date;
}

/** One login to the cluster, as Atlas reads it from the server's log. */
export interface AccessHistoryEntry {
  readonly at: Date;
  readonly cluster: string;
  /** `host:port` of the server. */
  readonly hostname: string;
  readonly ipAddress: string;
  readonly username: string;
  readonly authSource: string;
  readonly accepted: boolean;
  readonly failureReason: string | null;
  readonly mechanism: string;
}

/**
 * The role of a credential. An organization owner may read everything; a project role reads the project only.
 */
export type ApiRole = 'ORG_OWNER' | 'ORG_READ_ONLY' | 'GROUP_OWNER' | 'GROUP_READ_ONLY';
