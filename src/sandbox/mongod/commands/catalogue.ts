import { type Document, documentOf, encodedSize, recordOf, type TypedDocument } from '../bson-codec.ts';
import { Collection } from '../collection.ts';
import { CommandError } from '../command-error.ts';
import { allows, type DatabaseAction, type Need } from '../privileges.ts';
import { compileFilter } from '../query/filter.ts';
import { withTimeLimit } from '../time-limit.ts';
import { compileIndex, ID_INDEX, type Index } from '../validation/indexes.ts';
import { equal } from '../values/compare.ts';
import { isDocument, typeOf } from '../values/types.ts';
import { type CommandCall, type CommandTable, collectionOf, ownerOf } from './command.ts';
import { documentOption, documentsOption, flagOption, numberOption } from './options.ts';

const needs =
  (action: DatabaseAction) =>
  ({ database }: CommandCall): readonly Need[] => [{ action, database }];

/** The commands that manage databases, collections and indexes. */
export const CATALOGUE_COMMANDS: CommandTable = {
  // As in MongoDB, a user without the listDatabases privilege receives only the databases that the user can read.
  listDatabases: { access: 'authenticated', run: listDatabases },
  listCollections: { access: needs('listCollections'), run: listCollections },
  create: { access: needs('createCollection'), run: create },
  drop: { access: needs('dropCollection'), run: drop },
  dropDatabase: { access: needs('dropDatabase'), run: dropDatabase },
  listIndexes: { access: needs('listIndexes'), run: listIndexes },
  createIndexes: { access: needs('createIndex'), run: createIndexes },
  dropIndexes: { access: needs('dropIndex'), run: dropIndexes },
  collStats: { access: needs('collStats'), run: collStats },
  dbStats: { access: needs('dbStats'), run: dbStats },
};

function listDatabases(call: CommandCall): TypedDocument {
  const { server, session, document } = call;
  if (call.database !== 'admin') {
    throw new CommandError('Unauthorized', 'listDatabases may only be run against the admin database.');
  }
  const roles = session.login?.principal.roles ?? [];
  const all = allows(roles, { action: 'listDatabases' });
  const visible = server.store
    .databases()
    .filter((database) => all || allows(roles, { action: 'find', database }));
  const described = visible.map((name) => ({ name, sizeOnDisk: sizeOf(call, name), empty: false }));
  const databases = matching(described, documentOption(document, 'filter'));
  if (flagOption(document, 'nameOnly')) return { databases: databases.map(({ name }) => ({ name })) };
  const totalSize = described.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0);
  return { databases, totalSize, totalSizeMb: Math.floor(totalSize / 1024 / 1024) };
}

function listCollections(call: CommandCall): TypedDocument {
  const { server, database, document } = call;
  const described = server.store.collections(database).map(([name, { uuid }]) => ({
    name,
    type: 'collection',
    options: {},
    info: { readOnly: false, uuid },
    idIndex: recordOf(ID_INDEX.spec),
  }));
  const found = matching(described, documentOption(document, 'filter'));
  const documents = flagOption(document, 'nameOnly')
    ? found.map(({ name, type }) => ({ name, type }))
    : found;
  return { cursor: listing(call, `${database}.$cmd.listCollections`, documents.map(documentOf)) };
}

function create(call: CommandCall): TypedDocument {
  const name = collectionOf(call);
  const { store } = call.server;
  // Like mongod, the lab accepts `create` for an existing collection that has the same options. In the lab, all
  // collections have the same options, because the accepted options have no effect.
  store.open(call.database, name);
  return {};
}

function drop(call: CommandCall): TypedDocument {
  const name = collectionOf(call);
  const nIndexesWas = call.server.store.find(call.database, name)?.indexes().length ?? 0;
  const ns = `${call.database}.${name}`;
  return call.server.store.drop(call.database, name) ? { nIndexesWas, ns } : {};
}

function dropDatabase({ server, database }: CommandCall): TypedDocument {
  return server.store.dropDatabase(database) ? { dropped: database } : {};
}

function listIndexes(call: CommandCall): TypedDocument {
  const collection = existing(call);
  const specs = collection.indexes().map(({ spec }) => spec);
  return { cursor: listing(call, collection.namespace, specs) };
}

function createIndexes(call: CommandCall): TypedDocument {
  const name = collectionOf(call);
  const indexes = documentsOption(call.document, 'indexes').map(compileIndex);
  if (indexes.length === 0) throw new CommandError('BadValue', 'Must specify at least one index to create');
  const isNew = call.server.store.find(call.database, name) === undefined;
  const collection = call.server.store.open(call.database, name);
  const numIndexesBefore = collection.indexes().length;
  withTimeLimit(() => addIndexes(collection, indexes));
  const numIndexesAfter = collection.indexes().length;
  return {
    numIndexesBefore,
    numIndexesAfter,
    ...(isNew && { createdCollectionAutomatically: true }),
    ...(numIndexesAfter === numIndexesBefore && { note: 'all indexes already exist' }),
  };
}

/** Adds indexes to a collection. If one index cannot be added, adds none of them. */
function addIndexes(collection: Collection, indexes: readonly Index[]): void {
  const before = new Set(collection.indexes());
  try {
    for (const index of indexes) collection.createIndex(index);
  } catch (error) {
    for (const index of collection.indexes()) if (!before.has(index)) collection.dropIndex(index.name);
    throw error;
  }
}

function dropIndexes(call: CommandCall): TypedDocument {
  const collection = existing(call);
  const nIndexesWas = collection.indexes().length;
  const asked = call.document.get('index');
  if (asked === '*') {
    for (const { name } of collection.indexes()) if (name !== ID_INDEX.name) collection.dropIndex(name);
    return { nIndexesWas, msg: 'non-_id indexes dropped for collection' };
  }
  const indexes = (Array.isArray(asked) ? asked : [asked]).map((one: unknown) =>
    indexToDrop(collection, one),
  );
  for (const { name } of indexes) collection.dropIndex(name);
  return { nIndexesWas };
}

function indexToDrop(collection: Collection, asked: unknown): Index {
  if (typeof asked !== 'string' && !isDocument(asked)) {
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'dropIndexes.index' is the wrong type '${typeOf(asked)}', expected types '[string, object]'`,
    );
  }
  const found = collection
    .indexes()
    .filter(({ name, key }) => (typeof asked === 'string' ? name === asked : equal(key, asked)));
  const [index, another] = found;
  if (index === undefined) {
    const text =
      typeof asked === 'string' ? `index not found with name [${asked}]` : "can't find index with this key";
    throw new CommandError('IndexNotFound', text);
  }
  if (another !== undefined) {
    throw new CommandError(
      'AmbiguousIndexKeyPattern',
      `${found.length} indexes have this key, please specify one by name`,
    );
  }
  if (index.name === ID_INDEX.name) throw new CommandError('InvalidOptions', 'cannot drop _id index');
  return index;
}

function collStats(call: CommandCall): TypedDocument {
  const name = collectionOf(call);
  const collection =
    call.server.store.find(call.database, name) ?? new Collection(`${call.database}.${name}`);
  const size = bytesIn(collection);
  const nindexes = collection.indexes().length;
  return { ns: collection.namespace, size, count: collection.size, storageSize: size, nindexes };
}

function dbStats(call: CommandCall): TypedDocument {
  const collections = call.server.store.collections(call.database);
  const size = sizeOf(call, call.database);
  return {
    db: call.database,
    collections: collections.length,
    views: 0,
    objects: collections.reduce((sum, [, collection]) => sum + collection.size, 0),
    dataSize: size,
    storageSize: size,
    indexes: collections.reduce((sum, [, collection]) => sum + collection.indexes().length, 0),
  };
}

/** Filters the descriptions of databases or collections. Returns all descriptions if there is no filter. */
function matching<Described extends TypedDocument>(
  described: readonly Described[],
  filter: Document | undefined,
): readonly Described[] {
  if (filter === undefined) return described;
  return withTimeLimit(() => {
    const { matches } = compileFilter(filter, new Map());
    return described.filter((one) => matches(documentOf(one)));
  });
}

function listing(call: CommandCall, namespace: string, documents: readonly Document[]): TypedDocument {
  const batchSize = numberOption(documentOption(call.document, 'cursor') ?? new Map(), 'batchSize');
  return call.server.cursors.first(ownerOf(call), namespace, documents, { batchSize });
}

function existing(call: CommandCall): Collection {
  const name = collectionOf(call);
  const collection = call.server.store.find(call.database, name);
  if (collection === undefined) {
    throw new CommandError('NamespaceNotFound', `ns does not exist: ${call.database}.${name}`);
  }
  return collection;
}

function sizeOf(call: CommandCall, database: string): number {
  return call.server.store
    .collections(database)
    .reduce((sum, [, collection]) => sum + bytesIn(collection), 0);
}

function bytesIn(collection: Collection): number {
  let bytes = 0;
  for (const document of collection.documents()) bytes += encodedSize(document);
  return bytes;
}
