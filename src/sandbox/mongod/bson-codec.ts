import { BSON } from 'bson';

/** A document with BSON's own number types, so that it is written again as it was read. */
export type TypedDocument = Record<string, unknown>;

/** mongod's own limit of one document, in bytes. */
export const MAX_DOCUMENT: number = 16 * 1024 * 1024;

/** Reads one document and keeps what plain JavaScript would lose: int, long, double and decimal stay apart. */
export function decodeDocument(bytes: Uint8Array): TypedDocument {
  return BSON.deserialize(bytes, {
    promoteValues: false,
    promoteLongs: false,
    promoteBuffers: false,
    bsonRegExp: true,
  });
}

export function encodeDocument(document: TypedDocument): Uint8Array {
  return BSON.serialize(document);
}

/** In bytes, as BSON. */
export function encodedSize(document: TypedDocument): number {
  return BSON.calculateObjectSize(document);
}
