/** Atlas's record of an issuer that a project trusts (facts/mongodb.md, section 6). */
export interface IdentityProvider {
  /** 24 hex characters; the first half of a database user's name. */
  readonly id: string;
  readonly displayName: string;
  /** Compared byte for byte with `iss`. */
  readonly issuer: string;
  /** Exactly one audience. */
  readonly audience: string;
  /** The claim that names the user: `sub` unless somebody changed it. */
  readonly userClaim: string;
  /** Whether database users are named by the user claim or by the groups claim. */
  readonly authorizationType: 'USER' | 'GROUP';
  /** The claim that lists the groups, with authorizationType GROUP. AWS's tokens carry none. */
  readonly groupsClaim?: string;
}

/** A privilege set by name, and the database it is for (`admin` for those that reach every database). */
export interface GrantedRole {
  readonly role: string;
  readonly db: string;
}

/** A database user as Atlas knows it. */
export interface DatabaseUser {
  /** `<idpId>/<subject>`, an IAM ARN, or a plain name. */
  readonly username: string;
  /** `$external` for both mechanisms. */
  readonly database: string;
  readonly oidcAuthType: 'NONE' | 'USER' | 'IDP_GROUP';
  readonly awsIAMType: 'NONE' | 'USER' | 'ROLE';
  readonly roles: readonly GrantedRole[];
  /** Clusters that the user exists on, by name; all of the project's when absent or empty. */
  readonly scopes?: readonly { readonly name: string; readonly type: string }[];
  /** From then on there is no such user any more; for ever when absent. */
  readonly deleteAfterDate?: Date;
}

/** Which cluster somebody knocks at, and when: what the scopes and the end of a user are compared with. */
export interface Place {
  readonly cluster: string;
  readonly now: Date;
}

/** Both mechanisms look for their users here and nowhere else. */
export const EXTERNAL = '$external';

/** Who somebody is at the database, once let in. */
export interface DatabasePrincipal {
  /** `<idpId>/<subject>` or an IAM ARN, in `$external`. */
  readonly username: string;
  readonly roles: readonly GrantedRole[];
}
