import { randomUUID } from 'node:crypto';
import { ObjectId, UUID } from 'bson';
import { type Document, encodedSize, MAX_DOCUMENT } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import type { Key } from './query/keys.ts';
import { ID_INDEX, type Index, isPresent } from './validation/indexes.ts';
import { keyOf } from './values/compare.ts';
import { textOf } from './values/text.ts';
import { isDocument, typeOf } from './values/types.ts';

const REFERENCE: ReadonlySet<string> = new Set(['$ref', '$id', '$db']);

/**
 * A collection. The documents are in the order of their insertion. Unique indexes reject duplicates. To find documents,
 * queries use only the index on `_id`.
 */
export class Collection {
  readonly namespace: string;
  readonly uuid: UUID = new UUID(randomUUID());
  readonly #documents = new Map<string, Document>();
  readonly #indexes = new Map<string, Index>([[ID_INDEX.name, ID_INDEX]]);
  /** The unique indexes by name. Each unique index maps an index key to the `_id` of the document with this key. */
  readonly #owners = new Map<string, Map<string, string>>();

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  get size(): number {
    return this.#documents.size;
  }

  documents(): Iterable<Document> {
    return this.#documents.values();
  }

  byId(id: unknown): Document | undefined {
    return this.#documents.get(keyOf(id));
  }

  /**
   * Inserts a document and returns the stored document.
   *
   * @throws CommandError DuplicateKey, InvalidIdField, DollarPrefixedFieldName, BSONObjectTooLarge,
   * CannotIndexParallelArrays
   */
  insert(document: Document): Document {
    const id = document.get('_id') ?? (document.has('_id') ? null : new ObjectId());
    checkId(id);
    const stored: Document = new Map([['_id', id]]);
    for (const [name, value] of document) if (name !== '_id') stored.set(name, value);
    const key = keyOf(id);
    if (this.#documents.has(key)) throw this.#duplicate(ID_INDEX, [id]);
    this.#check(key, stored);
    this.#store(key, stored);
    return stored;
  }

  /**
   * Replaces the document `before` with the document `after`. Both documents have the same `_id`.
   *
   * @throws CommandError DuplicateKey, BSONObjectTooLarge, CannotIndexParallelArrays
   */
  replace(before: Document, after: Document): void {
    const key = keyOf(before.get('_id'));
    this.#check(key, after);
    this.#release(key, before);
    this.#store(key, after);
  }

  remove(document: Document): void {
    const key = keyOf(document.get('_id'));
    this.#release(key, document);
    this.#documents.delete(key);
  }

  indexes(): readonly Index[] {
    return [...this.#indexes.values()];
  }

  /**
   * Adds an index. Does nothing if the collection already has the index.
   *
   * @throws CommandError DuplicateKey or CannotIndexParallelArrays if a document violates the index;
   * IndexOptionsConflict or IndexKeySpecsConflict if the index conflicts with another index
   */
  createIndex(index: Index): void {
    if (isPresent(index, this.indexes())) return;
    const owners = new Map<string, string>();
    for (const [id, document] of this.#documents) {
      for (const key of index.keys(document)) {
        const text = keyOf(key);
        if (index.isUnique && owners.has(text) && owners.get(text) !== id) throw this.#duplicate(index, key);
        owners.set(text, id);
      }
    }
    if (index.isUnique) this.#owners.set(index.name, owners);
    this.#indexes.set(index.name, index);
  }

  dropIndex(name: string): void {
    this.#owners.delete(name);
    this.#indexes.delete(name);
  }

  /** Removes all documents that have expired according to a TTL index. */
  removeExpired(now: Date): void {
    for (const { key, expireAfterSeconds, keys } of this.#indexes.values()) {
      if (expireAfterSeconds === null || key.has('_id')) continue;
      for (const document of [...this.#documents.values()]) {
        const dates = keys(document).flatMap((values) => values.filter((value) => value instanceof Date));
        const oldest = Math.min(...dates.map((date) => date.getTime()));
        if (oldest + expireAfterSeconds * 1000 <= now.getTime()) this.remove(document);
      }
    }
  }

  #store(id: string, document: Document): void {
    for (const [name, owners] of this.#owners) {
      for (const key of this.#indexes.get(name)?.keys(document) ?? []) owners.set(keyOf(key), id);
    }
    this.#documents.set(id, document);
  }

  #check(id: string, document: Document): void {
    if (encodedSize(document) > MAX_DOCUMENT) {
      throw new CommandError('BSONObjectTooLarge', `a document is larger than ${MAX_DOCUMENT} bytes`);
    }
    for (const index of this.#indexes.values()) {
      const owners = this.#owners.get(index.name);
      const taken = index.keys(document).find((key) => (owners?.get(keyOf(key)) ?? id) !== id);
      if (taken !== undefined) throw this.#duplicate(index, taken);
    }
  }

  #release(id: string, document: Document): void {
    for (const [name, owners] of this.#owners) {
      for (const key of this.#indexes.get(name)?.keys(document) ?? []) {
        if (owners.get(keyOf(key)) === id) owners.delete(keyOf(key));
      }
    }
  }

  #duplicate(index: Index, key: Key): CommandError {
    const keyValue: Document = new Map(
      [...index.key.keys()].map((path, position) => [path, key[position] ?? null]),
    );
    return new CommandError(
      'DuplicateKey',
      `E11000 duplicate key error collection: ${this.namespace} index: ${index.name} dup key: ${textOf(keyValue)}`,
      { keyPattern: index.key, keyValue },
    );
  }
}

function checkId(id: unknown): void {
  const type = typeOf(id);
  if (type === 'array' || type === 'regex') {
    throw new CommandError('InvalidIdField', `The '_id' value cannot be of type ${type}`);
  }
  const name = operatorIn(id);
  if (name !== undefined) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `_id fields may not contain '$'-prefixed fields: ${name} is not valid for storage.`,
    );
  }
}

/**
 * Searches a value and its nested values for a field name that begins with `$`. Returns the first name, or undefined if
 * there is no such name. Ignores the fields of a DBRef.
 */
function operatorIn(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(operatorIn).find((name) => name !== undefined);
  if (!isDocument(value)) return undefined;
  const isReference = value.has('$ref') && value.has('$id');
  const own = [...value.keys()].find((name) => name.startsWith('$') && !(isReference && REFERENCE.has(name)));
  return own ?? operatorIn([...value.values()]);
}
