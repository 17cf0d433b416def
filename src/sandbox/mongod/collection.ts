import { randomUUID } from 'node:crypto';
import { ObjectId, UUID } from 'bson';
import { encodedSize, MAX_DOCUMENT, type TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';
import { valuesAt } from './paths.ts';
import { keyOf, type PlainDocument, plainDocument } from './values.ts';

/** A stored document in both its forms. */
export interface Entry {
  /** As it came, number types included. */
  readonly typed: TypedDocument;
  /** For the query engine, which must not change it. */
  readonly plain: PlainDocument;
}

export interface Index {
  readonly name: string;
  readonly key: TypedDocument;
  readonly unique: boolean;
  /** As it was asked for, for listIndexes. */
  readonly spec: TypedDocument;
}

const ID_INDEX: Index = {
  name: '_id_',
  key: { _id: 1 },
  unique: true,
  spec: { v: 2, key: { _id: 1 }, name: '_id_' },
};

/** Documents by `_id`, in the order they came. Indexes keep duplicates out; finding is by looking at every document. */
export class Collection {
  readonly namespace: string;
  readonly uuid: UUID = new UUID(randomUUID());
  readonly options: TypedDocument;
  readonly #entries = new Map<string, Entry>();
  readonly #indexes = new Map<string, Index>([[ID_INDEX.name, ID_INDEX]]);
  /** For each unique index the document that holds a key. */
  readonly #owners = new Map<string, Map<string, string>>();

  constructor(namespace: string, options: TypedDocument) {
    this.namespace = namespace;
    this.options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  byId(id: unknown): Entry | undefined {
    return this.#entries.get(keyOf(id));
  }

  /** @throws CommandError DuplicateKey, InvalidIdField, BSONObjectTooLarge */
  insert(document: TypedDocument): Entry {
    const typed =
      '_id' in document ? { _id: document['_id'], ...document } : { _id: new ObjectId(), ...document };
    if (Array.isArray(typed['_id'])) {
      throw new CommandError('InvalidIdField', "The '_id' value cannot be of type array");
    }
    const id = keyOf(typed['_id']);
    if (this.#entries.has(id)) throw this.#duplicate(ID_INDEX, typed);
    this.#check(id, typed);
    return this.#store(id, typed);
  }

  /** Puts `after` in the place of a stored document with the same `_id`. @throws CommandError like insert */
  replace(before: Entry, after: TypedDocument): Entry {
    const id = keyOf(before.typed['_id']);
    this.#check(id, after);
    this.#release(id, before.typed);
    return this.#store(id, after);
  }

  remove(entry: Entry): void {
    const id = keyOf(entry.typed['_id']);
    this.#release(id, entry.typed);
    this.#entries.delete(id);
  }

  indexes(): readonly Index[] {
    return [...this.#indexes.values()];
  }

  /** @throws CommandError DuplicateKey when the documents do not fit a unique index */
  createIndex(index: Index): boolean {
    if (this.#indexes.has(index.name)) return false;
    if (index.unique) {
      const owners = new Map<string, string>();
      for (const [id, { typed }] of this.#entries) {
        for (const key of indexKeys(index, typed)) {
          if (owners.has(key)) throw this.#duplicate(index, typed);
          owners.set(key, id);
        }
      }
      this.#owners.set(index.name, owners);
    }
    this.#indexes.set(index.name, index);
    return true;
  }

  dropIndex(name: string): boolean {
    this.#owners.delete(name);
    return name !== ID_INDEX.name && this.#indexes.delete(name);
  }

  #store(id: string, typed: TypedDocument): Entry {
    for (const [name, owners] of this.#owners) {
      const index = this.#indexes.get(name);
      if (index !== undefined) for (const key of indexKeys(index, typed)) owners.set(key, id);
    }
    const entry = { typed, plain: plainDocument(typed) };
    this.#entries.set(id, entry);
    return entry;
  }

  #check(id: string, typed: TypedDocument): void {
    if (encodedSize(typed) > MAX_DOCUMENT) {
      throw new CommandError('BSONObjectTooLarge', `a document is larger than ${MAX_DOCUMENT} bytes`);
    }
    for (const [name, owners] of this.#owners) {
      const index = this.#indexes.get(name);
      if (index === undefined) continue;
      const taken = indexKeys(index, typed).some((key) => (owners.get(key) ?? id) !== id);
      if (taken) throw this.#duplicate(index, typed);
    }
  }

  #release(id: string, typed: TypedDocument): void {
    for (const [name, owners] of this.#owners) {
      const index = this.#indexes.get(name);
      if (index === undefined) continue;
      for (const key of indexKeys(index, typed)) if (owners.get(key) === id) owners.delete(key);
    }
  }

  #duplicate(index: Index, typed: TypedDocument): CommandError {
    const paths = Object.keys(index.key);
    const keyValue = Object.fromEntries(paths.map((path) => [path, valuesAt(typed, path)[0] ?? null]));
    return new CommandError(
      'DuplicateKey',
      `E11000 duplicate key error collection: ${this.namespace} index: ${index.name} dup key: ${JSON.stringify(plainDocument(keyValue))}`,
      { keyPattern: index.key, keyValue },
    );
  }
}

/** The keys of a document in a unique index: one for each element of an array in a single-field index. */
function indexKeys(index: Index, typed: TypedDocument): readonly string[] {
  const paths = Object.keys(index.key);
  const [only] = paths;
  if (paths.length === 1 && only !== undefined) {
    const values = valuesAt(typed, only);
    return values.length === 0 ? [keyOf(null)] : [...new Set(values.map(keyOf))];
  }
  return [paths.map((path) => keyOf(valuesAt(typed, path)[0] ?? null)).join('|')];
}
