import { setTimeout as delay } from 'node:timers/promises';
import type { TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { CommandFault } from '../fail-points.ts';
import type { CommandMessage } from '../message.ts';
import { allows } from '../privileges.ts';
import { withRetryLabel } from '../retried-writes.ts';
import type { ServerState, Session } from '../session.ts';
import { AUTHENTICATION_COMMANDS } from './authentication.ts';
import { CATALOGUE_COMMANDS } from './catalogue.ts';
import type { Command, CommandCall, CommandTable } from './command.ts';
import { commandText } from './command-text.ts';
import { HANDSHAKE_COMMANDS, HELLO_NAMES } from './handshake.ts';
import { READING_COMMANDS } from './reading.ts';
import { SERVER_COMMANDS } from './server.ts';
import { WRITING_COMMANDS } from './writing.ts';

const COMMANDS: CommandTable = {
  ...HANDSHAKE_COMMANDS,
  ...AUTHENTICATION_COMMANDS,
  ...SERVER_COMMANDS,
  ...READING_COMMANDS,
  ...WRITING_COMMANDS,
  ...CATALOGUE_COMMANDS,
};

/** Spellings that old clients use. */
const ALIASES: Readonly<Record<string, string>> = {
  ismaster: 'isMaster',
  buildinfo: 'buildInfo',
  findandmodify: 'findAndModify',
};

/**
 * Runs one command and answers with its reply, refusals included; null where a fail point wants the connection closed.
 * It never throws.
 */
export async function dispatch(
  message: CommandMessage,
  session: Session,
  server: ServerState,
): Promise<TypedDocument | null> {
  const [spelling = ''] = Object.keys(message.body);
  const name = Object.hasOwn(ALIASES, spelling) ? (ALIASES[spelling] ?? spelling) : spelling;
  const call: CommandCall = { name, database: message.database, body: message.body, session, server };
  const fault = server.failPoints.meet(name, session.appName);
  if (fault !== null) await noteFault(fault, call);
  if (fault?.closeConnection) return null;
  const reply = fault?.reply ?? (await answer(message, spelling, call));
  return withRetryLabel(name, call.body, {
    ...reply,
    ...(fault?.writeConcernError && { writeConcernError: fault.writeConcernError }),
  });
}

async function answer(message: CommandMessage, spelling: string, call: CommandCall): Promise<TypedDocument> {
  const { name, server } = call;
  try {
    if (message.form === 'query' && !HELLO_NAMES.has(name)) {
      throw new CommandError('UnsupportedOpQueryCommand', `Unsupported OP_QUERY command: ${spelling}.`);
    }
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) throw new CommandError('CommandNotFound', `no such command: '${spelling}'`);
    authorize(command, call);
    if (call.body['autocommit'] === false) {
      throw new CommandError('NotImplemented', 'the lab has no transactions');
    }
    const { retriedWrites, replicaSet } = server;
    return await retriedWrites.once(name, call.body, replicaSet !== null, async () => ({
      ...(await command.run(call)),
      ok: 1,
    }));
  } catch (error) {
    return refusal(error, call).toReply();
  }
}

/** Writes a fail point's blow into the log, and holds the command up if that is part of it. */
async function noteFault(
  { blockMs, closeConnection, reply }: CommandFault,
  { name, session, server }: CommandCall,
): Promise<void> {
  const effects = [
    blockMs > 0 ? `held up for ${blockMs} ms` : null,
    closeConnection ? 'the connection is closed' : null,
    reply === null || closeConnection ? null : `responded with ${String(reply['code'])}`,
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

/** @throws CommandError Unauthorized, ReauthenticationRequired */
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
      `not authorized on ${call.database} to execute command ${commandText(call.body)}`,
    );
  }
}

/** Writes refusals of rights, and faults of the lab itself, into its log. */
function refusal(error: unknown, { name, session, server }: CommandCall): CommandError {
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
  return known;
}
