import type { Document, TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { Need } from '../privileges.ts';
import type { ServerState, Session } from '../session.ts';
import { UnsupportedError } from '../unsupported.ts';

/** One command as it arrived. */
export interface CommandCall {
  /** The name it goes by in the table, whatever the client's spelling. */
  readonly name: string;
  readonly database: string;
  /** The fields by name, inner documents as plain objects. */
  readonly body: TypedDocument;
  /** The same with the fields in their order, at every depth. */
  readonly document: Document;
  readonly session: Session;
  readonly server: ServerState;
}

export interface Command {
  /** `anyone` needs no login, `authenticated` any login, a list these privileges. */
  readonly access: 'anyone' | 'authenticated' | ((call: CommandCall) => readonly Need[]);
  /** The reply without `ok`. @throws CommandError */
  readonly run: (call: CommandCall) => TypedDocument | Promise<TypedDocument>;
}

export type CommandTable = Readonly<Record<string, Command>>;

/** The collection that a command names as its own value: `{ find: "visits" }`. @throws CommandError InvalidNamespace */
export function collectionOf({ document, database }: CommandCall): string {
  const [name] = document.values();
  if (typeof name !== 'string') {
    throw new CommandError('InvalidNamespace', `a command on '${database}' names no collection`);
  }
  return name;
}

/** Whose a cursor is. */
export function ownerOf({ session }: CommandCall): string {
  return session.user ?? '';
}

/** Writes into the log of the lab what a mongod supports and the lab does not. */
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
