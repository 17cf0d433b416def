import type { ServerIdentity } from '../ports/mongo.ts';
import { callerOf } from './catalogue/aws.ts';
import { tokenOf } from './catalogue/token.ts';
import type { Facts } from './check.ts';
import { compare } from './claim-comparisons.ts';
import { type Outcome, pass, type Timing, warn } from './outcome.ts';

/** The identity of the token or of the AWS credentials that the login used. */
export interface Shown {
  readonly subject: string;
  /** Returns whether a user name that the server reports belongs to this identity. */
  readonly matches: (user: string) => boolean;
  /** The user names that a server can report for this identity. */
  readonly expected: readonly string[];
}

/**
 * Compares the user that the server reports with the identity of the login. A difference results in a
 * warning, because the server may use another user claim, or fedctl may be connected to the wrong server.
 */
export function namedUser(
  identity: ServerIdentity,
  shown: Shown | null,
  detail: string | null,
  seen: { readonly timing?: Timing },
): Outcome<ServerIdentity> {
  const { user } = identity;
  if (shown === null) return pass(detail, identity, seen);
  const { subject, expected, matches } = shown;
  const comparison = {
    ...compare('database user', user, expected, 'the subject of the login'),
    matches: matches(user),
  };
  if (comparison.matches) return pass(detail, identity, { ...seen, comparisons: [comparison] });
  const message = `The server reports the user ${user}, but the login was for ${subject}.`;
  const remedy =
    'Check the user claim of the identity provider, and find out which server responds at this host.';
  return warn({ code: null, message, remedy }, identity, { ...seen, comparisons: [comparison] });
}

/**
 * Returns the identity of the token. The server reports `<idpId>/<subject>`. The server configuration sets
 * the prefix `<idpId>` (facts/mongodb.md 4.3).
 */
export function tokenShown(facts: Facts): Shown | null {
  const subject = tokenOf(facts)?.subject;
  if (subject === undefined) return null;
  return {
    subject,
    expected: [`<idpId>/${subject}`],
    matches: (user) => user === subject || user.endsWith(`/${subject}`),
  };
}

/**
 * Returns the identity of the AWS credentials: the ARN of the user or role, or a session ARN with any session
 * name (facts/mongodb.md 2.5). The comparison with the user of the server ignores the path of
 * a role: a session ARN contains no path, but the server can report the role ARN with its path.
 */
export function keysShown(facts: Facts): Shown | null {
  const caller = callerOf(facts);
  if (caller === null) return null;
  const anySession = caller.arn.replace(/(:assumed-role\/[^/]+\/).*$/, '$1*');
  const names = [caller.subject.arn, anySession, caller.arn].flatMap((each) => each ?? []);
  const expected = [...new Set(names)];
  const [, account, name] = /^(arn:[^:]+:iam::\d+:role\/)(.+)$/.exec(caller.subject.arn ?? '') ?? [];
  const isRole = (user: string) =>
    account !== undefined && user.startsWith(account) && user.endsWith(`/${name}`);
  return { subject: caller.arn, expected, matches: (user) => expected.includes(user) || isRole(user) };
}
