import { setTimeout as delay } from 'node:timers/promises';
import type { Document, TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { CommandFault } from '../fail-points.ts';
import type { CommandMessage } from '../message.ts';
import { allows } from '../privileges.ts';
import { withRetryLabel } from '../retried-writes.ts';
import type { ServerState, Session } from '../session.ts';
import { UnsupportedError, unsupported } from '../unsupported.ts';
import { checkCommand } from '../validation/commands.ts';
import { checkStableApi } from '../validation/stable-api.ts';
import { writeConcernError } from '../validation/write-concern.ts';
import { AUTHENTICATION_COMMANDS } from './authentication.ts';
import { BULK_COMMANDS } from './bulk-write.ts';
import { CATALOGUE_COMMANDS } from './catalogue.ts';
import { type Command, type CommandCall, type CommandTable, noteUnsupported } from './command.ts';
import { commandText } from './command-text.ts';
import { applicationOf, HANDSHAKE_COMMANDS, HELLO_NAMES } from './handshake.ts';
import { READING_COMMANDS } from './reading.ts';
import { SERVER_COMMANDS } from './server.ts';
import { WRITING_COMMANDS } from './writing.ts';

const COMMANDS: CommandTable = {
  ...HANDSHAKE_COMMANDS,
  ...AUTHENTICATION_COMMANDS,
  ...SERVER_COMMANDS,
  ...READING_COMMANDS,
  ...WRITING_COMMANDS,
  ...BULK_COMMANDS,
  ...CATALOGUE_COMMANDS,
};

/** The alternative command names that old clients use. The values are the names in the command table. */
const ALIASES: Readonly<Record<string, string>> = {
  ismaster: 'isMaster',
  buildinfo: 'buildInfo',
  findandmodify: 'findAndModify',
};

/**
 * Runs a command. Returns the reply or an error reply. Returns null if a fail point closes the connection. Never
 * throws.
 */
export async function dispatch(
  message: CommandMessage,
  session: Session,
  server: ServerState,
): Promise<TypedDocument | null> {
  const [spelling = ''] = message.document.keys();
  const name = Object.hasOwn(ALIASES, spelling) ? (ALIASES[spelling] ?? spelling) : spelling;
  const call: CommandCall = callOf(name, message, session, server);
  // The first hello contains the application name. The name is stored before the fail points are checked, because a
  // fail point can be limited to one application.
  if (HELLO_NAMES.has(name)) session.appName ??= applicationOf(message.body);
  const fault = server.failPoints.meet(name, session.appName, namespaceOf(call));
  if (fault !== null) await noteFault(fault, call);
  if (fault?.closeConnection) return null;
  const reply = fault?.reply ?? (await answer(message, spelling, call));
  const isFaulty = fault !== null && (fault.reply ?? fault.writeConcernError) !== null;
  return withRetryLabel(name, call.document, {
    ...reply,
    ...(fault?.writeConcernError && { writeConcernError: fault.writeConcernError }),
    ...(isFaulty && fault.errorLabels && { errorLabels: fault.errorLabels }),
  });
}

/**
 * Returns the namespace of a command, or null if the command has no collection. A fail point can be limited to one
 * namespace.
 */
function namespaceOf({ name, database, document }: CommandCall): string | null {
  const [first] = document.values();
  const collection = name === 'getMore' ? document.get('collection') : first;
  return typeof collection === 'string' ? `${database}.${collection}` : null;
}

/**
 * Returns the call for a command. The plain object `body` is computed on first access. An insert does not use `body`,
 * so its documents are not converted to plain objects.
 */
function callOf(name: string, message: CommandMessage, session: Session, server: ServerState): CommandCall {
  const { database, document } = message;
  return {
    name,
    database,
    document,
    get body() {
      return message.body;
    },
    session,
    server,
  };
}

async function answer(message: CommandMessage, spelling: string, call: CommandCall): Promise<TypedDocument> {
  const { name, server } = call;
  try {
    if (message.form === 'query' && !HELLO_NAMES.has(name)) {
      throw new CommandError('UnsupportedOpQueryCommand', `Unsupported OP_QUERY command: ${spelling}.`);
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      throw new UnsupportedError('CommandNotFound', `no such command: '${spelling}'`);
    }
    authorize(command, call);
    if (message.inexact !== null) {
      throw new UnsupportedError('NotImplemented', `The lab cannot store this document: ${message.inexact}.`);
    }
    const { document } = call;
    const isMember = server.replicaSet !== null;
    checkStableApi(name, document);
    checkTransaction(document, isMember);
    checkCommand(name, document, isMember);
    server.store.removeExpired(server.now());
    return await server.retriedWrites.once(name, document, isMember, async () => {
      const reply = await command.run(call);
      const failed = isMember ? writeConcernError(document.get('writeConcern')) : null;
      return { ...reply, ...(failed !== null && { writeConcernError: failed }), ok: 1 };
    });
  } catch (error) {
    return refusal(error, call).toReply();
  }
}

/**
 * Rejects transactions. On a standalone server, also rejects transaction numbers.
 *
 * @throws CommandError IllegalOperation on a standalone server, NotImplemented in a replica set
 */
function checkTransaction(document: Document, isMember: boolean): void {
  const isTransaction = document.has('autocommit') || document.has('startTransaction');
  if (isMember && isTransaction) throw unsupported('NotImplemented', 'transactions');
  if (isMember || !(isTransaction || document.has('txnNumber'))) return;
  throw new CommandError(
    'IllegalOperation',
    'Transaction numbers are only allowed on a replica set member or mongos',
  );
}

/** Logs the effects of a fail point. Delays the command if the fail point specifies a delay. */
async function noteFault(
  { blockMs, closeConnection, reply }: CommandFault,
  { name, session, server }: CommandCall,
): Promise<void> {
  const effects = [
    blockMs > 0 ? `delayed by ${blockMs} ms` : null,
    closeConnection ? 'the connection is closed' : null,
    reply === null || closeConnection ? null : `returned the error code ${String(reply['code'])}`,
  ].filter((effect) => effect !== null);
  server.log.add({
    hop: 'mongod',
    action: name,
    principal: session.user,
    decision: 'info',
    reason: `fail point failCommand: ${effects.join(', ') || 'a write concern error is added'}`,
  });
  if (blockMs > 0) await delay(blockMs, undefined, { signal: server.closing }).catch(() => {});
}

/**
 * Checks that the user is authenticated and has the privileges that the command requires.
 *
 * @throws CommandError Unauthorized, ReauthenticationRequired
 */
function authorize({ access }: Command, call: CommandCall): void {
  if (access === 'anyone') return;
  const { session, server, name } = call;
  if (session.login === null) {
    throw new CommandError('Unauthorized', `Command ${name} requires authentication`);
  }
  if (session.isExpired(server.now())) {
    throw new CommandError(
      'ReauthenticationRequired',
      `Command ${name} requires reauthentication since the current authorization session has expired. Please re-auth.`,
    );
  }
  if (access === 'authenticated') return;
  const { roles } = session.login.principal;
  if (!access(call).every((need) => allows(roles, need))) {
    throw new CommandError(
      'Unauthorized',
      `not authorized on ${call.database} to execute command ${commandText(call.document)}`,
    );
  }
}

/**
 * Logs denied permissions, internal errors of the lab and unsupported features. Returns the CommandError for the reply.
 */
function refusal(error: unknown, call: CommandCall): CommandError {
  const { name, session, server } = call;
  const known =
    error instanceof CommandError
      ? error
      : new CommandError('InternalError', error instanceof Error ? error.message : 'unknown');
  const isOfInterest = ['Unauthorized', 'ReauthenticationRequired', 'InternalError'].includes(known.codeName);
  if (isOfInterest) {
    server.log.add({
      hop: 'mongod',
      action: name,
      principal: session.user,
      decision: 'refused',
      reason: known.message,
    });
  }
  noteUnsupported(known, call);
  return known;
}
