import type { Document, TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { Need } from '../privileges.ts';
import type { ServerState, Session } from '../session.ts';
import { UnsupportedError } from '../unsupported.ts';

/** A command from a client. */
export interface CommandCall {
  /** The name of the command in the command table. The client can use an alias. */
  readonly name: string;
  readonly database: string;
  /** The fields as a plain object. Nested documents are also plain objects. */
  readonly body: TypedDocument;
  /** The fields in their original order, at every depth. */
  readonly document: Document;
  readonly session: Session;
  readonly server: ServerState;
}

export interface Command {
  /**
   * The required login: `anyone` requires no login, `authenticated` requires a login, and a function returns the
   * required privileges.
   */
  readonly access: 'anyone' | 'authenticated' | ((call: CommandCall) => readonly Need[]);
  /** Runs the command and returns the reply without `ok`. @throws CommandError */
  readonly run: (call: CommandCall) => TypedDocument | Promise<TypedDocument>;
}

export type CommandTable = Readonly<Record<string, Command>>;

/**
 * Returns the collection in the command's first field: `{ find: "visits" }`.
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

/** Returns the user of the connection, who owns the cursors that the command opens or reads. */
export function ownerOf({ session }: CommandCall): string {
  return session.user ?? '';
}

/** Logs an error for a feature that mongod supports but the lab does not. */
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
