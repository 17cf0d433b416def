import type { Document, TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { Need } from '../privileges.ts';
import type { ServerState, Session } from '../session.ts';
import { UnsupportedError } from '../unsupported.ts';

/** A command from a client. */
export interface CommandCall {
  /** The name of the command in the command table. The client can send an alias instead of this name. */
  readonly name: string;
  readonly database: string;
  /** The fields of the command as a plain object. Nested documents are also plain objects. */
  readonly body: TypedDocument;
  /** The fields of the command in their original order. Nested documents also keep the order of their fields. */
  readonly document: Document;
  readonly session: Session;
  readonly server: ServerState;
}

export interface Command {
  /**
   * The access rule of the command. `anyone` allows all clients. `authenticated` allows all authenticated users. A
   * function returns the privileges that the user must have.
   */
  readonly access: 'anyone' | 'authenticated' | ((call: CommandCall) => readonly Need[]);
  /** Runs the command. Returns the reply without the field `ok`. @throws CommandError */
  readonly run: (call: CommandCall) => TypedDocument | Promise<TypedDocument>;
}

export type CommandTable = Readonly<Record<string, Command>>;

/**
 * Returns the value of the first field of the command. This value is the collection name, for example `visits` in
 * `{ find: "visits" }`.
 *
 * @throws CommandError InvalidNamespace
 */
export function collectionOf({ document, database }: CommandCall): string {
  const [name] = document.values();
  if (typeof name !== 'string') {
    throw new CommandError('InvalidNamespace', `a command on '${database}' specifies no collection`);
  }
  return name;
}

/**
 * Returns the authenticated user of the connection. Returns an empty string if no user is authenticated. A cursor
 * belongs to the user that opened it.
 */
export function ownerOf({ session }: CommandCall): string {
  return session.user ?? '';
}

/** Logs the error if it is an UnsupportedError. Does nothing for other errors. */
export function noteUnsupported(error: CommandError, { name, session, server }: CommandCall): void {
  if (!(error instanceof UnsupportedError)) return;
  server.log.add({
    hop: 'mongod',
    action: name,
    principal: session.user,
    decision: 'refused',
    reason: error.message,
  });
}
