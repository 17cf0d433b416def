import { BSON, DBRef, Double, Int32 } from 'bson';

/** The fields of a command or a reply. The keys are the field names. Numbers keep their BSON types. */
export type TypedDocument = Record<string, unknown>;

/**
 * A BSON document. The fields keep their original order, and numbers keep their BSON types. The type is a Map, because
 * a JavaScript object does not keep the order of integer-like field names.
 */
export type Document = Map<string, unknown>;

/** The maximum size of a document in bytes, as in mongod. */
export const MAX_DOCUMENT: number = 16 * 1024 * 1024;

const OPTIONS = {
  promoteValues: false,
  promoteLongs: false,
  promoteBuffers: false,
  bsonRegExp: true,
} as const;

/** The deprecated BSON types. Values of these types change if the `bson` package decodes and re-encodes a document. */
const DEPRECATED: Readonly<Record<number, string>> = {
  6: 'undefined',
  12: 'dbPointer',
  14: 'symbol',
  15: 'javascriptWithScope',
};

/** Decodes a document. Numbers keep their BSON types: int, long, double or decimal. */
export function decodeDocument(bytes: Uint8Array): TypedDocument {
  return BSON.deserialize(bytes, OPTIONS);
}

/**
 * Decodes a document and keeps the order of its fields.
 *
 * @param onInexact called with the reason if a part of the document cannot be stored unchanged
 */
export function decodeOrdered(bytes: Uint8Array, onInexact: (reason: string) => void): Document {
  return ordered(decodeDocument(bytes), bytes, onInexact);
}

function ordered(value: unknown, bytes: Uint8Array, onInexact: (reason: string) => void): Document {
  const fields = (value instanceof DBRef ? value.toJSON() : value) as TypedDocument;
  const document: Document = new Map();
  for (const [type, nameOffset, nameLength, offset, length] of BSON.onDemand.parseToElements(bytes)) {
    const name = BSON.onDemand.ByteUtils.toUTF8(bytes, nameOffset, nameOffset + nameLength, true);
    if (document.has(name)) onInexact(`the field '${name}' appears twice in a document`);
    if (Object.hasOwn(DEPRECATED, type)) {
      onInexact(`the field '${name}' has the deprecated BSON type ${DEPRECATED[type]}`);
    }
    const inner = bytes.subarray(offset, offset + length);
    const member = fields[name];
    if (type === 3) document.set(name, ordered(member, inner, onInexact));
    else if (type === 4) document.set(name, orderedArray(member, inner, onInexact));
    else document.set(name, member);
  }
  return document;
}

function orderedArray(value: unknown, bytes: Uint8Array, onInexact: (reason: string) => void): unknown[] {
  // An array element is identified by its position. The element names in the client's BSON are ignored.
  const members: readonly unknown[] = Array.isArray(value) ? value : [];
  return [...ordered(Object.assign({}, members), bytes, onInexact).values()];
}

/** Returns a document with the given fields. Converts JavaScript numbers to int or double. */
export function documentOf(fields: TypedDocument): Document {
  return new Map(Object.entries(fields).map(([name, value]) => [name, bsonValue(value)]));
}

function bsonValue(value: unknown): unknown {
  if (typeof value === 'number') return Number.isInteger(value) ? new Int32(value) : new Double(value);
  if (Array.isArray(value)) return value.map(bsonValue);
  return isRecord(value) ? documentOf(value) : value;
}

/** Converts a document and its nested documents to plain objects. */
export function recordOf(document: Document): TypedDocument {
  return Object.fromEntries([...document].map(([name, value]) => [name, recordValue(value)]));
}

function recordValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(recordValue);
  return value instanceof Map ? recordOf(value) : value;
}

function isRecord(value: unknown): value is TypedDocument {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

export function encodeDocument(document: TypedDocument | Document): Uint8Array {
  return BSON.serialize(document);
}

/** Returns the size of the encoded document in bytes. */
export function encodedSize(document: TypedDocument | Document): number {
  return BSON.calculateObjectSize(document);
}
