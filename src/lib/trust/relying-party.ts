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
  readonly authorizationType: 'USER' | 'GROUP';
}

/** A database user as Atlas knows it. */
export interface DatabaseUser {
  /** `<idpId>/<subject>`, an IAM ARN, or a plain name. */
  readonly username: string;
  /** `$external` for both mechanisms. */
  readonly database: string;
  readonly oidcAuthType: 'NONE' | 'USER' | 'IDP_GROUP';
  readonly awsIAMType: 'NONE' | 'USER' | 'ROLE';
  readonly roles: readonly { readonly role: string; readonly db: string }[];
}
