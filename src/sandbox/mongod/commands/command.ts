import type { TypedDocument } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { Need } from '../privileges.ts';
import type { ServerState, Session } from '../session.ts';

/** One command as it arrived. */
export interface CommandCall {
  /** The name it goes by in the table, whatever the client's spelling. */
  readonly name: string;
  readonly database: string;
  readonly body: TypedDocument;
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
export function collectionOf({ body, database }: CommandCall): string {
  const [name] = Object.values(body);
  if (typeof name !== 'string') {
    throw new CommandError('InvalidNamespace', `a command on '${database}' names no collection`);
  }
  return name;
}

/** Whose a cursor is. */
export function ownerOf({ session }: CommandCall): string {
  return session.user ?? '';
}
