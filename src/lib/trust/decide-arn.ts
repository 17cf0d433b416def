import { absence, currentUser, findUsers, similarNames } from './find-users.ts';
import type { Refusal } from './refusal.ts';
import { type DatabasePrincipal, type DatabaseUser, EXTERNAL, type Place } from './relying-party.ts';

export type ArnDecision =
  | { readonly accepted: true; readonly principal: DatabasePrincipal }
  | { readonly accepted: false; readonly refusal: Refusal };

/** The name and the IAM type of the database user for an ARN. */
export interface IamName {
  readonly username: string;
  readonly awsIAMType: 'USER' | 'ROLE';
}

const ASSUMED_ROLE = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/;
const USER = /^arn:aws[a-z-]*:iam::\d{12}:user\/.+$/;

/**
 * Returns the database user name for an ARN from GetCallerIdentity; null for principals that Atlas does not
 * support (root, federated users). A session `assumed-role/ROLE/SESSION` becomes `role/ROLE`. The role path
 * is missing, because a session ARN does not contain the path (facts/mongodb.md 2.5).
 */
export function iamNameOf(arn: string): IamName | null {
  const session = ASSUMED_ROLE.exec(arn);
  if (session !== null) {
    const [, partition = '', account = '', role = ''] = session;
    return { username: `arn:${partition}:iam::${account}:role/${role}`, awsIAMType: 'ROLE' };
  }
  return USER.test(arn) ? { username: arn, awsIAMType: 'USER' } : null;
}

/**
 * Returns whether a MongoDB server would accept a MONGODB-AWS login with the ARN that STS returned.
 * `$external` must contain a database user with the name of the IAM user or role. The user must have the type
 * ROLE for a role session and the type USER for an IAM user.
 *
 * @param place the cluster and the time of the login; null to ignore the scopes and expirations of users
 */
export function decideArn(
  arn: string,
  databaseUsers: readonly DatabaseUser[],
  place: Place | null = null,
): ArnDecision {
  const name = iamNameOf(arn);
  if (name === null) return refused({ kind: 'not-an-arn', seen: arn });
  const { username, awsIAMType: expected } = name;
  const found = findUsers([username], databaseUsers);
  const user = currentUser(found.external, place);
  if (user !== undefined) {
    const absent = place === null ? null : absence(user, place);
    if (absent !== null) return refused(absent);
    return user.awsIAMType === expected
      ? { accepted: true, principal: { username, roles: user.roles } }
      : refused({ kind: 'aws-iam-type', username, expected, seen: user.awsIAMType });
  }
  if (found.elsewhere !== undefined) {
    return refused({ kind: 'user-database', username, expected: EXTERNAL, seen: found.elsewhere.database });
  }
  return refused({
    kind: 'user-missing',
    expected: [username],
    similar: similarNames(username, databaseUsers),
  });
}

function refused(refusal: Refusal): ArnDecision {
  return { accepted: false, refusal };
}
