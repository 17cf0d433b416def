import type { ServerIdentity } from '../ports/mongo.ts';
import { callerOf } from './catalogue/aws.ts';
import { tokenOf } from './catalogue/token.ts';
import type { Facts } from './check.ts';
import { compare } from './claim-comparisons.ts';
import { type Outcome, pass, type Timing, warn } from './outcome.ts';

/** The identity in the token or the keys that were sent. */
export interface Shown {
  readonly subject: string;
  /** Returns whether a user name of the server stands for this identity. */
  readonly matches: (user: string) => boolean;
  /** The names that a server can use for it. */
  readonly expected: readonly string[];
}

/**
 * Compares the user that the server reports with the expected one. A server may be configured to use another
 * name, or may not be the intended server.
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
    'Compare the user claim of the identity provider, and see which server responds at this host.';
  return warn({ code: null, message, remedy }, identity, { ...seen, comparisons: [comparison] });
}

/** `<idpId>/<subject>` (facts/mongodb.md 4.3). The prefix is chosen by the server. */
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
 * The ARN of the user or role, or that of the session with any name (facts/mongodb.md 2.5). A session ARN has
 * no role path, and a server may take the path from the database user, so any path is accepted.
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
