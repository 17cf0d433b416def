import type { Document } from '../bson-codec.ts';
import { textOf } from '../values/text.ts';

/** As much of a command as an error repeats, in characters. */
const SHOWN = 1000;

/** A command as mongod's `not authorized` repeats it: `{ find: "visits", filter: {}, $db: "app" }`. */
export function commandText(command: Document): string {
  const text = textOf(command);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}
