/** An identity provider as configured in Atlas (facts/mongodb.md, section 6). */
export interface IdentityProvider {
  /** The identity provider ID: 24 hexadecimal characters. Database user names start with this ID. */
  readonly id: string;
  readonly displayName: string;
  /** The issuer that the claim `iss` must equal, byte for byte. */
  readonly issuer: string;
  /** The only audience that this identity provider accepts. */
  readonly audience: string;
  /** The claim that contains the user name; `sub` by default. */
  readonly userClaim: string;
  /** Whether the names of database users come from the user claim (USER) or the groups claim (GROUP). */
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
  /** `<idpId>/<subject>` for MONGODB-OIDC, an IAM ARN for MONGODB-AWS, or any other name. */
  readonly username: string;
  /** The authentication database: `$external` for MONGODB-OIDC and MONGODB-AWS. */
  readonly database: string;
  readonly oidcAuthType: 'NONE' | 'USER' | 'IDP_GROUP';
  readonly awsIAMType: 'NONE' | 'USER' | 'ROLE';
  readonly roles: readonly GrantedRole[];
  /**
   * The clusters on which the user exists. If absent or empty, the user exists on all clusters of the
   * project.
   */
  readonly scopes?: readonly { readonly name: string; readonly type: string }[];
  /** The time when the user expires. If absent, the user does not expire. */
  readonly deleteAfterDate?: Date;
}

/** The cluster and the time of a login, for comparison with the scopes and expirations of users. */
export interface Place {
  readonly cluster: string;
  readonly now: Date;
}

/** The only database whose users can log in with MONGODB-OIDC or MONGODB-AWS. */
export const EXTERNAL = '$external';

/** The database user that a login authenticates. */
export interface DatabasePrincipal {
  /** `<idpId>/<subject>` or an IAM ARN, in `$external`. */
  readonly username: string;
  readonly roles: readonly GrantedRole[];
}
