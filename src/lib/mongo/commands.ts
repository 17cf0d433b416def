import type { MongoClient } from 'mongodb';
import { MORE_TIME } from '../core/command-line.ts';
import { bounded, within } from '../core/deadline.ts';
import { FedctlError } from '../core/errors.ts';
import { memberOf } from '../core/record.ts';
import type { LoginPlan, ServerIdentity } from '../ports/mongo.ts';
import { readPrivileges } from '../trust/privileges.ts';
import { commandFailure, ownFailure } from './server-failures.ts';
import type { Session } from './session.ts';
import type { StageLog, StageOutcome } from './stages.ts';

/**
 * Time limits for deleting the test document, in milliseconds. An interrupted run must end within a second.
 */
const CLEAN_UP_MS = { afterFailure: 2000, interrupted: 300 } as const;

/**
 * Runs the stages after the login: whoami, ping and, if requested, write-probe.
 *
 * @throws FedctlError mongo.unauthorized, mongo.command-failed
 */
export async function useSession(
  { client, refused }: Session,
  plan: LoginPlan,
  stages: StageLog,
  signal: AbortSignal,
): Promise<ServerIdentity> {
  const stage = <T>(
    id: 'whoami' | 'ping' | 'write-probe',
    what: string,
    needs: string,
    work: (bound: AbortSignal) => Promise<StageOutcome<T>>,
  ) =>
    bounded(signal, plan.timeoutMs, (bound) =>
      stages.during(
        id,
        () => Promise.race([work(bound), refused]),
        (error) => {
          if (signal.aborted) return null;
          const own = ownFailure(error);
          if (own !== null) return own;
          return error === bound.reason
            ? noAnswer(what, plan.timeoutMs, error)
            : commandFailure(what, error, needs);
        },
      ),
    );
  const identity = await stage('whoami', 'connectionStatus', 'a role', (bound) =>
    whoAmI(client, plan.privileges ?? false, bound),
  );
  await stage('ping', 'ping', 'a role', async (bound) => {
    await within(bound, client.db('admin').command({ ping: 1 }, whereLoggedIn(client)));
    return { detail: '', value: undefined };
  });
  const { writeProbe } = plan;
  if (writeProbe !== undefined) {
    const namespace = `${writeProbe.database}.${writeProbe.collection}`;
    const needs = `readWrite on the database ${writeProbe.database}`;
    await stage('write-probe', `writing to ${namespace}`, needs, (bound) =>
      probeWriting(client, writeProbe, bound, signal),
    );
  }
  return identity;
}

/** Runs connectionStatus (facts/mongodb.md 4.3). The response is untrusted input. */
async function whoAmI(
  client: MongoClient,
  showPrivileges: boolean,
  bound: AbortSignal,
): Promise<StageOutcome<ServerIdentity>> {
  const asked = client.db('admin').command({ connectionStatus: 1, showPrivileges }, whereLoggedIn(client));
  const { authInfo } = await within(bound, asked);
  const users: readonly unknown[] = Array.isArray(authInfo?.authenticatedUsers)
    ? authInfo.authenticatedUsers
    : [];
  const given: readonly unknown[] = Array.isArray(authInfo?.authenticatedUserRoles)
    ? authInfo.authenticatedUserRoles
    : [];
  const user = textOf(users[0], 'user');
  if (user === null) {
    throw new FedctlError('mongo.user-unnamed', {
      message: 'The server accepted the login, but reports no authenticated user.',
    });
  }
  const roles = given.flatMap((each) => {
    const role = textOf(each, 'role');
    const db = textOf(each, 'db');
    return role === null || db === null ? [] : [{ role, db }];
  });
  const privileges = showPrivileges ? readPrivileges(authInfo?.authenticatedUserPrivileges) : null;
  const value = { user, roles, privileges };
  return { detail: `${user} with ${rolesText(roles)}`, facts: { stage: 'whoami', ...value }, value };
}

/**
 * Returns the options that make the driver send a command to the server that accepted the login. Without
 * these options, the driver sends the command to the primary.
 */
export function whereLoggedIn({ readPreference }: MongoClient) {
  return { readPreference };
}

/** Inserts a test document, finds the document and deletes it. Also deletes the document if a step fails. */
async function probeWriting(
  client: MongoClient,
  { database, collection }: NonNullable<LoginPlan['writeProbe']>,
  bound: AbortSignal,
  signal: AbortSignal,
) {
  const { ObjectId } = await import('mongodb');
  const namespace = `${database}.${collection}`;
  const documents = client.db(database).collection(collection);
  const _id = new ObjectId();
  let inserted = false;
  try {
    const insertion = documents.insertOne({ _id, writtenBy: 'fedctl connect --write-probe' });
    // The document may exist even if the response to the insert does not arrive.
    inserted = true;
    await within(bound, insertion);
    const found = await within(bound, documents.findOne({ _id }));
    if (found === null) {
      throw new FedctlError('mongo.command-failed', {
        message: `The login succeeded, but the test document inserted into ${namespace} was not found.`,
        likelyCause:
          'The readPreference in the connection string selects a secondary that lags behind the primary.',
        remedy: 'Remove readPreference from the connection string.',
      });
    }
    await within(bound, documents.deleteOne({ _id }));
    inserted = false;
  } finally {
    if (inserted) {
      const ms = signal.aborted ? CLEAN_UP_MS.interrupted : CLEAN_UP_MS.afterFailure;
      await within(AbortSignal.timeout(ms), documents.deleteOne({ _id })).catch(() => {});
    }
  }
  return { detail: `inserted, found and deleted a test document in ${namespace}`, value: undefined };
}

/** Formats roles as `readWrite@app, read@logs`, or `no roles`. */
function rolesText(roles: ServerIdentity['roles']): string {
  return roles.length === 0 ? 'no roles' : roles.map(({ role, db }) => `${role}@${db}`).join(', ');
}

function textOf(value: unknown, key: string): string | null {
  const found = memberOf(value, key);
  return typeof found === 'string' ? found : null;
}

function noAnswer(what: string, timeoutMs: number, cause: unknown): FedctlError {
  return new FedctlError('mongo.command-failed', {
    message: `The login succeeded, but ${what} timed out after ${timeoutMs / 1000} s.`,
    remedy: 'Allow each network step more time with --timeout.',
    command: MORE_TIME,
    cause,
  });
}
