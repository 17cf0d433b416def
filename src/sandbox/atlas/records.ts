import type { DatabaseUser, GrantedRole } from '../../lib/trust/relying-party.ts';

/** The identity provider of a workload, as Atlas keeps it (facts/mongodb.md 7.5). */
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
  /** null until somebody changes it. */
  readonly updatedAt: Date | null;
}

/** What it takes to make one; `userClaim` is `sub`, `groupsClaim` `groups`, the type `USER` unless given. */
export type IdentityProviderFacts = Pick<AtlasIdentityProvider, 'displayName' | 'issuer' | 'audience'> &
  Partial<Omit<AtlasIdentityProvider, 'createdAt' | 'updatedAt'>>;

/** A database user as Atlas keeps it: more than the cluster is told (facts/mongodb.md 7.6). */
export interface AtlasDatabaseUser extends DatabaseUser {
  readonly scopes: NonNullable<DatabaseUser['scopes']>;
  readonly description: string | null;
}

/** What it takes to make one; in `$external`, of no kind, without scopes and for ever unless given. */
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

/** What it takes to make one: exactly one of the first three. An address is kept as a block of one. */
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
  /** `M10`, `M0` …; `FLEX` makes it a flex cluster, which the cluster API refuses. */
  readonly instanceSize: string;
  readonly stateName: ClusterState;
  readonly paused: boolean;
  /** Without user and options: the real address of the lab's MongoDB server for its own cluster. */
  readonly connectionString: string;
  /** null while the lab plays no DNS. */
  readonly connectionStringSrv: string | null;
  readonly createdAt: Date;
}

/** One login at the cluster, as Atlas reads it from the server's log. */
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

/** What a credential may do. An organization owner may read everything; a project role reads the project only. */
export type ApiRole = 'ORG_OWNER' | 'ORG_READ_ONLY' | 'GROUP_OWNER' | 'GROUP_READ_ONLY';
