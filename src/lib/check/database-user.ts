import type { Caller } from '../auth/identity.ts';
import { FedctlError } from '../errors.ts';
import type { FailureCode } from '../failures.ts';
import { shellWord } from '../shell-word.ts';
import { type Refusal, refusalText } from '../trust/refusal.ts';
import { fail, type Outcome } from './check.ts';
import { compare } from './claim-comparisons.ts';

/**
 * Why no database user lets the subject of a token in, by what the relying party's own decision found.
 *
 * @param username the name that is wanted, `<idpId>/<subject>`
 */
export function subjectRefused(refusal: Refusal, username: string, projectId: string): Outcome<never> {
  const create = `atlas dbusers create --username ${shellWord(username)} --oidcType USER --role readWrite@<database> --projectId ${shellWord(projectId)}`;
  return refused(refusal, username, create);
}

/** The same for the ARN of a caller who logs in with AWS keys. */
export function arnRefused(refusal: Refusal, caller: Caller, projectId: string): Outcome<never> {
  const { arn, kind } = caller.subject;
  if (kind !== 'user' && kind !== 'role') {
    return refused(
      refusal,
      caller.arn,
      'log in as an IAM user or a role: Atlas has no database user for others',
    );
  }
  const type = kind === 'user' ? 'USER' : 'ROLE';
  const create = `atlas dbusers create --username ${shellWord(arn ?? caller.arn)} --awsIAMType ${type} --role readWrite@<database> --projectId ${shellWord(projectId)}`;
  return refused(refusal, arn ?? caller.arn, create);
}

function refused(refusal: Refusal, username: string, create: string): Outcome<never> {
  const seen = refusal.kind === 'user-missing' ? (refusal.similar[0] ?? null) : null;
  const text = refusalText(refusal);
  const failure = new FedctlError(codeOf(refusal, username), {
    message: `${text.charAt(0).toUpperCase()}${text.slice(1)}.`,
    remedy: remedyOf(refusal, username, create),
    details: { username },
  });
  const comparisons = seen === null ? [] : [compare('database user', seen, [username], 'the token')];
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

/** A user that somebody made for this principal, under a name that is not its own (facts/mongodb.md 9, rows 21, 22, 46). */
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

function remedyOf(refusal: Refusal, username: string, create: string): string {
  switch (refusal.kind) {
    case 'user-scope':
      return `add the cluster ${refusal.expected} to the scopes of the database user, or remove them`;
    case 'oidc-auth-type':
    case 'aws-iam-type':
    case 'user-database': {
      const where = refusal.kind === 'user-database' ? refusal.seen : '$external';
      return `atlas dbusers delete ${shellWord(username)} --authDB ${shellWord(where)} && ${create}`;
    }
    default:
      return create;
  }
}
