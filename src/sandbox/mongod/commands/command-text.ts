import { Binary, ObjectId } from 'bson';
import type { TypedDocument } from '../bson-codec.ts';
import { isDocument } from '../fields.ts';
import { plain } from '../values.ts';

/** As much of a command as an error repeats, in characters. */
const SHOWN = 1000;

/** A command as mongod's `not authorized` repeats it: `{ find: "visits", filter: {}, $db: "app" }`. */
export function commandText(body: TypedDocument): string {
  const text = textOf(body);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function textOf(value: unknown): string {
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Binary && value.sub_type === Binary.SUBTYPE_UUID) {
    return `UUID("${value.toUUID().toHexString()}")`;
  }
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[ ${value.map(textOf).join(', ')} ]`;
  if (isDocument(value)) {
    const fields = Object.entries(value).map(([name, member]) => `${name}: ${textOf(member)}`);
    return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
  }
  const simple = plain(value);
  return typeof simple === 'number' ? String(simple) : (JSON.stringify(simple) ?? 'undefined');
}
