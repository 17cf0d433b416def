import type { Document, TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { Need } from '../privileges.ts';
import type { ServerState, Session } from '../session.ts';
import { UnsupportedError } from '../unsupported.ts';

/** One command as the client sent it. */
export interface CommandCall {
  /** The name of the command in the table, independent of the client's spelling. */
  readonly name: string;
  readonly database: string;
  /** The fields by name. Nested documents are plain objects. */
  readonly body: TypedDocument;
  /** The same fields in their original order, at every depth. */
  readonly document: Document;
  readonly session: Session;
  readonly server: ServerState;
}

export interface Command {
  /** `anyone` requires no login, `authenticated` requires any login, and a list requires these privileges. */
  readonly access: 'anyone' | 'authenticated' | ((call: CommandCall) => readonly Need[]);
  /** The reply without `ok`. @throws CommandError */
  readonly run: (call: CommandCall) => TypedDocument | Promise<TypedDocument>;
}

export type CommandTable = Readonly<Record<string, Command>>;

/** The collection in the command's own field: `{ find: "visits" }`. @throws CommandError InvalidNamespace */
export function collectionOf({ document, database }: CommandCall): string {
  const [name] = document.values();
  if (typeof name !== 'string') {
    throw new CommandError('InvalidNamespace', `a command on '${database}' names no collection`);
  }
  return name;
}

/** Returns the owner of a cursor that this command creates or reads. */
export function ownerOf({ session }: CommandCall): string {
  return session.user ?? '';
}

/** Logs a feature that mongod supports and the lab does not. */
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
