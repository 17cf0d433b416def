import type { Document } from '../bson-codec.ts';
import { textOf } from '../values/text.ts';

/** The maximum number of characters of a command in an error message. */
const SHOWN = 1000;

/**
 * Formats a command as in mongod's `not authorized` error message, for example
 * `{ find: "visits", filter: {}, $db: "app" }`.
 */
export function commandText(command: Document): string {
  const text = textOf(command);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
