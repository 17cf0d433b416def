/** An identity provider in the configuration of Atlas (facts/mongodb.md, section 6). */
export interface IdentityProvider {
  /** 24 hexadecimal characters. The first part of database user names. */
  readonly id: string;
  readonly displayName: string;
  /** Compared with the claim `iss`, byte for byte. */
  readonly issuer: string;
  /** Exactly one audience. */
  readonly audience: string;
  /** The claim with the user name; `sub` by default. */
  readonly userClaim: string;
  /** Whether the user claim or the groups claim names the database users. */
  readonly authorizationType: 'USER' | 'GROUP';
  /** The claim with the list of groups, for authorizationType GROUP. AWS tokens have no such claim. */
  readonly groupsClaim?: string;
}

/** A role and its database (`admin` for roles on all databases). */
export interface GrantedRole {
  readonly role: string;
  readonly db: string;
}

/** A database user in Atlas. */
export interface DatabaseUser {
  /** `<idpId>/<subject>`, an IAM ARN, or a plain name. */
  readonly username: string;
  /** `$external` for both mechanisms. */
  readonly database: string;
  readonly oidcAuthType: 'NONE' | 'USER' | 'IDP_GROUP';
  readonly awsIAMType: 'NONE' | 'USER' | 'ROLE';
  readonly roles: readonly GrantedRole[];
  /** The names of the clusters on which the user exists. If absent or empty: all clusters of the project. */
  readonly scopes?: readonly { readonly name: string; readonly type: string }[];
  /** The time when the user expires. If absent, the user does not expire. */
  readonly deleteAfterDate?: Date;
}

/** The cluster and the time of a login, for comparison with the scopes and expirations of users. */
export interface Place {
  readonly cluster: string;
  readonly now: Date;
}

/** Both mechanisms use only the users of this database. */
export const EXTERNAL = '$external';

/** The database user after a login. */
export interface DatabasePrincipal {
  /** `<idpId>/<subject>` or an IAM ARN, in `$external`. */
  readonly username: string;
  readonly roles: readonly GrantedRole[];
}
