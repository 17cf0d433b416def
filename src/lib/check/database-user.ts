import type { Caller } from '../auth/identity.ts';
import { atlas, quoted } from '../core/command-line.ts';
import { type FailureFacts, FedctlError } from '../core/errors.ts';
import { rfc3339 } from '../core/time.ts';
import type { FailureCode } from '../failures/failures.ts';
import type { AtlasDatabaseUser } from '../ports/atlas.ts';
import { type Refusal, refusalText } from '../trust/refusal.ts';
import { EXTERNAL } from '../trust/relying-party.ts';
import { compare } from './claim-comparisons.ts';
import { fail, type Outcome } from './outcome.ts';

/** The database users of a project. */
export interface UserList {
  readonly projectId: string;
  readonly users: readonly AtlasDatabaseUser[];
}

/**
 * Returns the check result for a token whose subject matches no database user.
 *
 * @param username the required name, `<idpId>/<subject>`
 */
export function subjectRefused(refusal: Refusal, username: string, list: UserList): Outcome<never> {
  return refused(refusal, { username, type: ['--oidcType', 'USER'], by: 'the token' }, list);
}

/**
 * Returns the check result for a caller who logs in with AWS credentials and whose ARN matches no database
 * user.
 */
export function arnRefused(refusal: Refusal, caller: Caller, list: UserList): Outcome<never> {
  const { arn, kind } = caller.subject;
  const type = kind === 'user' ? 'USER' : kind === 'role' ? 'ROLE' : null;
  return refused(
    refusal,
    {
      username: type === null ? caller.arn : (arn ?? caller.arn),
      type: type && ['--awsIAMType', type],
      by: 'the AWS identity',
    },
    list,
  );
}

/** The database user that the login requires. */
interface Wanted {
  readonly username: string;
  /** The type option for the Atlas CLI; null for a principal that cannot be a database user in Atlas. */
  readonly type: readonly string[] | null;
  /** The source of the required name. */
  readonly by: 'the token' | 'the AWS identity';
}

function refused(refusal: Refusal, wanted: Wanted, list: UserList): Outcome<never> {
  const { username } = wanted;
  const seen = refusal.kind === 'user-missing' ? (refusal.similar[0] ?? null) : null;
  const text = refusalText(refusal);
  const failure = new FedctlError(codeOf(refusal, username), {
    message: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    ...adviceOn(refusal, wanted, list),
    details: { username },
  });
  const comparisons = seen === null ? [] : [compare('database user', seen, [username], wanted.by)];
  return fail(failure, { comparisons });
}

function codeOf(refusal: Refusal, username: string): FailureCode {
  switch (refusal.kind) {
    case 'user-missing':
      return missingCode(username, refusal.similar);
    case 'user-database':
      return 'atlas.database-user-wrong-database';
    case 'oidc-auth-type':
    case 'aws-iam-type':
      return 'atlas.database-user-wrong-type';
    case 'user-scope':
      return 'atlas.database-user-out-of-scope';
    case 'claim-missing':
    case 'claim-type':
      return 'atlas.user-claim-changed';
    case 'issuer-unknown':
      return 'atlas.issuer-mismatch';
    case 'audience-mismatch':
      return 'atlas.audience-mismatch';
    case 'user-expired':
    case 'not-an-arn':
      return 'atlas.database-user-missing';
  }
}

/**
 * Returns the failure code for a missing user. Returns a more specific code if the principal has a user with
 * a wrong name (facts/mongodb.md 9, rows 21, 22, 46).
 */
function missingCode(username: string, similar: readonly string[]): FailureCode {
  if (similar.some((each) => each.includes(':assumed-role/'))) return 'atlas.database-user-session-arn';
  const pathless = withoutPath(username);
  return similar.some((each) => withoutPath(each) === pathless)
    ? 'atlas.database-user-wrong-path'
    : 'atlas.database-user-missing';
}

/** `…:role/team/data/etl` → `…:role/etl` */
function withoutPath(username: string): string {
  return username.replace(/(:role)\/(?:[^/]+\/)*/, '$1/');
}

type Advice = Pick<FailureFacts, 'command'> & { readonly remedy: string };

function adviceOn(refusal: Refusal, wanted: Wanted, list: UserList): Advice {
  if (wanted.type === null) {
    return { remedy: 'Log in as an IAM user or a role. Atlas has no database users for other principals.' };
  }
  switch (refusal.kind) {
    case 'user-scope':
      return addingScope(wanted, refusal.expected, list);
    case 'oidc-auth-type':
    case 'aws-iam-type':
      return { remedy: ofOtherType(refusal, list) };
    case 'user-database': {
      const present = list.users.find(
        ({ username, database }) => username === refusal.username && database === refusal.seen,
      );
      const then = `Afterwards, the user in the database ${refusal.seen} can be removed.`;
      return creating(wanted, present, list, then);
    }
    case 'user-missing': {
      const present = list.users.find(({ username }) => isOfPrincipal(username, wanted.username));
      const misnamed = missingCode(wanted.username, refusal.similar) !== 'atlas.database-user-missing';
      const then = misnamed
        ? 'Afterwards, the user with the wrong name can be removed.'
        : `Keep the existing user ${present?.username}, because other logins may use it.`;
      return creating(wanted, present, list, then);
    }
    default:
      return creating(wanted, undefined, list, '');
  }
}

/**
 * Returns whether a user name and the required name belong to the same principal. Ignores differences in the
 * identity provider, the session name, the role path and the mechanism.
 */
function isOfPrincipal(username: string, wanted: string): boolean {
  return principalOf(username) === principalOf(wanted);
}

function principalOf(username: string): string {
  const arn = username.replace(/^[0-9a-f]{24}\//, '');
  return withoutPath(arn.replace(/:sts(::\d+:)assumed-role\/([^/]+)\/.*$/, ':iam$1role/$2'));
}

/**
 * Returns the advice to add a cluster to the scopes of the user. The suggested command keeps the existing
 * scopes.
 */
function addingScope({ username }: Wanted, cluster: string, { users, projectId }: UserList): Advice {
  const present = users.find((each) => each.username === username && each.database === EXTERNAL);
  const scopes = present?.scopes ?? [];
  const remedy = `Add the cluster ${cluster} to the scopes of the database user.`;
  // If a scope is not a cluster, no command is suggested, because the Atlas CLI documentation does not say
  // how to set such a scope.
  if (scopes.length === 0 || scopes.some(({ type }) => type !== 'CLUSTER')) return { remedy };
  const all = [...scopes.map(({ name }) => name), cluster].flatMap((name) => ['--scope', name]);
  const place = ['--authDB', EXTERNAL, '--projectId', projectId];
  return { remedy, command: atlas(['dbusers', 'update', username, ...all, ...place]) };
}

/**
 * Returns the remedy for a user of the wrong type. No command is suggested: the user must be deleted first,
 * because $external cannot contain two users with the same name. A person must decide whether to delete the
 * user.
 */
function ofOtherType(
  { username, expected }: Refusal & { readonly kind: 'oidc-auth-type' | 'aws-iam-type' },
  { users }: UserList,
): string {
  const present = users.find((each) => each.username === username && each.database === EXTERNAL);
  const roles = present?.roles.map(roleText) ?? [];
  const scopes = present?.scopes.map(({ name }) => name) ?? [];
  const has = [
    roles.length === 0 ? 'no roles' : `the roles ${roles.join(', ')}`,
    ...(scopes.length === 0 ? [] : [`the scopes ${scopes.join(', ')}`]),
  ];
  return `The type of a database user cannot be changed. In Atlas, delete the user and create it again with the type ${expected} and ${has.join(' and ')}. Until then, logins as this user fail.`;
}

/**
 * Returns the advice to create the required user with the roles and scopes of the existing user. The command in the
 * advice does not remove the existing user.
 *
 * @param present the existing user for the same principal; undefined if no such user exists
 */
function creating(
  { username, type }: Wanted,
  present: AtlasDatabaseUser | undefined,
  { projectId }: UserList,
  then: string,
): Advice {
  const base = ['dbusers', 'create', '--username', username, ...(type ?? [])];
  const end = ['--projectId', projectId];
  const { roles = [], scopes = [], deleteAfterDate } = present ?? {};
  // If a scope is not a cluster, no complete command is suggested. The Atlas CLI documentation does not say
  // how to set such a scope, and a user without scopes would have more access.
  const known = roles.length > 0 && scopes.every((scope) => scope.type === 'CLUSTER');
  if (!known) {
    const template = quoted(['atlas', ...base]);
    const how = template === null ? '' : ` with "${template} --role <role>@<database> ${end.join(' ')}"`;
    return { remedy: `Create the database user${how}. Choose the roles that the application needs.` };
  }
  const settings = [
    ...roles.flatMap((role) => ['--role', roleText(role)]),
    ...scopes.flatMap(({ name }) => ['--scope', name]),
    ...(deleteAfterDate === undefined ? [] : ['--deleteAfter', rfc3339(deleteAfterDate)]),
  ];
  return {
    remedy: `Create the missing database user with the settings of the existing user. ${then}`,
    command: atlas([...base, ...settings, ...end]),
  };
}

/** Formats a role for the Atlas CLI, for example `readWrite@app` or `read@app.visits`. */
function roleText({ role, db, collection }: AtlasDatabaseUser['roles'][number]): string {
  return `${role}@${db}${collection === undefined ? '' : `.${collection}`}`;
}
