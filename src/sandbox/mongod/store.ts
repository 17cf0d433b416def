import { Collection } from './collection.ts';
import { CommandError } from './command-error.ts';

const MAX_DATABASE_NAME = 63;
const MAX_NAMESPACE = 255;
/** The minimum time in milliseconds between two removals of expired documents, as in mongod. */
const TTL_INTERVAL_MS = 60_000;

/**
 * The databases and collections of the server. All data is in memory. As in MongoDB, a write creates a missing database
 * or collection.
 */
export class Store {
  readonly #databases = new Map<string, Map<string, Collection>>();
  #lastSweep: number | null = null;

  databases(): readonly string[] {
    return [...this.#databases.keys()].sort();
  }

  collections(database: string): readonly (readonly [name: string, collection: Collection])[] {
    return [...(this.#databases.get(database) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
  }

  find(database: string, name: string): Collection | undefined {
    checkNames(database, name);
    return this.#databases.get(database)?.get(name);
  }

  /** Returns a collection. Creates the collection if it does not exist. @throws CommandError InvalidNamespace */
  open(database: string, name: string): Collection {
    const existing = this.find(database, name);
    if (existing !== undefined) return existing;
    const collections = this.#databases.get(database) ?? new Map<string, Collection>();
    const created = new Collection(`${database}.${name}`);
    collections.set(name, created);
    this.#databases.set(database, collections);
    return created;
  }

  drop(database: string, name: string): boolean {
    const collections = this.#databases.get(database);
    const dropped = collections?.delete(name) ?? false;
    if (collections?.size === 0) this.#databases.delete(database);
    return dropped;
  }

  dropDatabase(database: string): boolean {
    return this.#databases.delete(database);
  }

  /** Removes all documents that have expired according to a TTL index. As in mongod, runs at most once a minute. */
  removeExpired(now: Date): void {
    this.#lastSweep ??= now.getTime();
    if (now.getTime() - this.#lastSweep < TTL_INTERVAL_MS) return;
    this.#lastSweep = now.getTime();
    for (const collections of this.#databases.values()) {
      for (const collection of collections.values()) collection.removeExpired(now);
    }
  }
}

function checkNames(database: string, collection: string): void {
  const namespace = `${database}.${collection}`;
  const databaseIsValid =
    database !== '' && database.length <= MAX_DATABASE_NAME && !/[\0 "$./\\]/.test(database);
  const collectionIsValid =
    collection !== '' &&
    !/[\0$]/.test(collection) &&
    !collection.startsWith('.') &&
    !collection.endsWith('.');
  if (!databaseIsValid || !collectionIsValid || Buffer.byteLength(namespace) > MAX_NAMESPACE) {
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${namespace}'`);
  }
}
