import { EXTERNAL } from './relying-party.ts';

/** A reason why a relying party rejects a login, with the expected and the actual value. */
export type Refusal =
  /**
   * No identity provider has the issuer of the token. `expected` contains the issuers of all identity
   * providers.
   */
  | { readonly kind: 'issuer-unknown'; readonly expected: readonly string[]; readonly seen: string | null }
  /**
   * At least one identity provider has the issuer of the token, but none of them has an audience of the
   * token.
   */
  | {
      readonly kind: 'audience-mismatch';
      readonly identityProviders: readonly string[];
      readonly expected: readonly string[];
      readonly seen: readonly string[];
    }
  | {
      readonly kind: 'claim-missing';
      readonly claim: string;
      readonly expected: 'string' | 'list of strings';
    }
  | {
      readonly kind: 'claim-type';
      readonly claim: string;
      readonly expected: 'string' | 'list of strings';
      /** The JSON type of the value: `number`, `object` … */
      readonly seen: string;
    }
  /**
   * No database user has one of the `expected` names. `similar` contains the names of users whose names are
   * similar to an expected name.
   */
  | {
      readonly kind: 'user-missing';
      readonly expected: readonly string[];
      readonly similar: readonly string[];
    }
  | {
      readonly kind: 'user-database';
      readonly username: string;
      readonly expected: string;
      readonly seen: string;
    }
  | {
      readonly kind: 'oidc-auth-type';
      readonly username: string;
      readonly expected: 'USER' | 'IDP_GROUP';
      readonly seen: string;
    }
  | {
      readonly kind: 'aws-iam-type';
      readonly username: string;
      readonly expected: 'USER' | 'ROLE';
      readonly seen: string;
    }
  /** The scopes of the database user do not include the cluster to which the login connects. */
  | {
      readonly kind: 'user-scope';
      readonly username: string;
      readonly expected: string;
      readonly seen: readonly string[];
    }
  /** The database user was temporary and has expired. */
  | { readonly kind: 'user-expired'; readonly username: string; readonly since: Date }
  | { readonly kind: 'not-an-arn'; readonly seen: string };

/**
 * Formats a refusal as one plain sentence without a full stop. Escapes text from the token. The result
 * contains no secrets.
 */
export function refusalText(refusal: Refusal): string {
  switch (refusal.kind) {
    case 'issuer-unknown':
      return `no identity provider trusts the issuer ${one(refusal.seen)}; trusted issuers: ${many(refusal.expected)}`;
    case 'audience-mismatch':
      return `the audience ${many(refusal.seen)} does not match the audience ${many(refusal.expected)} of identity provider ${refusal.identityProviders.join(', ')}`;
    case 'claim-missing':
      return `the token has no claim ${one(refusal.claim)}`;
    case 'claim-type':
      return `the claim ${one(refusal.claim)} is of type ${refusal.seen}, not a ${refusal.expected}`;
    case 'user-missing':
      return `no database user ${many(refusal.expected, ' or ')} in ${EXTERNAL}${similarText(refusal.similar)}`;
    case 'user-database':
      return `the database user ${one(refusal.username)} is in the database ${one(refusal.seen)}, not in ${one(refusal.expected)}`;
    case 'oidc-auth-type':
      return `the database user ${one(refusal.username)} has oidcAuthType ${refusal.seen}, not ${refusal.expected}`;
    case 'aws-iam-type':
      return `the database user ${one(refusal.username)} has awsIAMType ${refusal.seen}, not ${refusal.expected}`;
    case 'user-scope':
      return `the scopes of the database user ${one(refusal.username)} do not include the cluster ${one(refusal.expected)}; clusters in the scopes: ${many(refusal.seen)}`;
    case 'user-expired':
      return `the database user ${one(refusal.username)} expired at ${refusal.since.toISOString()}`;
    case 'not-an-arn':
      return `${one(refusal.seen)} is not the ARN of an IAM user or role`;
  }
}

function similarText(similar: readonly string[]): string {
  return similar.length === 0 ? '' : `; similar: ${many(similar)}`;
}

function one(text: string | null): string {
  return text === null ? 'null' : `"${text}"`;
}

function many(texts: readonly string[], separator = ', '): string {
  return texts.length === 0 ? 'none' : texts.map(one).join(separator);
}
