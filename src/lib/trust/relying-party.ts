/** The Atlas configuration of an issuer that a project trusts (facts/mongodb.md, section 6). */
export interface IdentityProvider {
  /** 24 hex characters; the first half of a database user's name. */
  readonly id: string;
  readonly displayName: string;
  /** Compared byte for byte with `iss`. */
  readonly issuer: string;
  /** Exactly one audience. */
  readonly audience: string;
  /** The claim that names the user; `sub` by default. */
  readonly userClaim: string;
  /** Whether database users are named by the user claim or by the groups claim. */
  readonly authorizationType: 'USER' | 'GROUP';
  /** The claim that lists the groups, with authorizationType GROUP. AWS tokens contain none. */
  readonly groupsClaim?: string;
}

/** The name of a role, and its database (`admin` for roles on all databases). */
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
  /** The clusters on which the user exists, by name. Absent or empty: all clusters of the project. */
  readonly scopes?: readonly { readonly name: string; readonly type: string }[];
  /** The user no longer exists after this time. Absent: the user does not expire. */
  readonly deleteAfterDate?: Date;
}

/** The cluster and the time of a login, which scopes and expirations of users are compared with. */
export interface Place {
  readonly cluster: string;
  readonly now: Date;
}

/** Both mechanisms use only the users of this database. */
export const EXTERNAL = '$external';

/** The database identity after a login. */
export interface DatabasePrincipal {
  /** `<idpId>/<subject>` or an IAM ARN, in `$external`. */
  readonly username: string;
  readonly roles: readonly GrantedRole[];
}
