import type { TypedDocument } from '../bson-codec.ts';
import { encodedSize } from '../bson-codec.ts';
import { Collection, type Index } from '../collection.ts';
import { CommandError } from '../command-error.ts';
import {
  flag,
  isDocument,
  optionalDocument,
  optionalInteger,
  requiredDocuments,
  requiredText,
} from '../fields.ts';
import { allows, type DatabaseAction, type Need } from '../privileges.ts';
import { type CommandCall, type CommandTable, collectionOf, ownerOf } from './command.ts';

const needs =
  (action: DatabaseAction) =>
  ({ database }: CommandCall): readonly Need[] => [{ action, database }];

/** Commands about databases, collections and indexes. */
export const CATALOGUE_COMMANDS: CommandTable = {
  // Who may not list all databases is shown those that they may read, as in MongoDB.
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

async function listDatabases(call: CommandCall): Promise<TypedDocument> {
  const { server, session, body } = call;
  if (call.database !== 'admin') {
    throw new CommandError('Unauthorized', 'listDatabases may only be run against the admin database.');
  }
  const roles = session.login?.principal.roles ?? [];
  const all = allows(roles, { action: 'listDatabases' });
  const visible = server.store
    .databases()
    .filter((database) => all || allows(roles, { action: 'find', database }));
  const described = visible.map((name) => ({ name, sizeOnDisk: sizeOf(call, name), empty: false }));
  const databases = await matching(call, described, optionalDocument(body, 'filter'));
  if (flag(body, 'nameOnly')) return { databases: databases.map(({ name }) => ({ name })) };
  const totalSize = described.reduce((sum, { sizeOnDisk }) => sum + sizeOnDisk, 0);
  return { databases, totalSize, totalSizeMb: Math.floor(totalSize / 1024 / 1024) };
}

async function listCollections(call: CommandCall): Promise<TypedDocument> {
  const { server, database, body } = call;
  const described = server.store.collections(database).map(([name, { options, uuid }]) => ({
    name,
    type: 'collection',
    options,
    info: { readOnly: false, uuid },
    idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
  }));
  const found = await matching(call, described, optionalDocument(body, 'filter'));
  const documents = flag(body, 'nameOnly') ? found.map(({ name, type }) => ({ name, type })) : found;
  return { cursor: listing(call, `${database}.$cmd.listCollections`, documents) };
}

function create(call: CommandCall): TypedDocument {
  const name = collectionOf(call);
  const { store } = call.server;
  if (store.find(call.database, name) !== undefined) {
    throw new CommandError('NamespaceExists', `Collection ${call.database}.${name} already exists.`);
  }
  if ('viewOn' in call.body) throw new CommandError('NotImplemented', 'the lab has no views');
  const kept = ['capped', 'size', 'max', 'validator', 'collation', 'timeseries', 'expireAfterSeconds'];
  const options = Object.entries(call.body).filter(([option]) => kept.includes(option));
  store.open(call.database, name, Object.fromEntries(options));
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
  const created = call.server.store.find(call.database, name) === undefined;
  const collection = call.server.store.open(call.database, name);
  const numIndexesBefore = collection.indexes().length;
  for (const spec of requiredDocuments(call.body, 'indexes')) collection.createIndex(indexOf(spec));
  return {
    numIndexesBefore,
    numIndexesAfter: collection.indexes().length,
    createdCollectionAutomatically: created,
  };
}

function dropIndexes(call: CommandCall): TypedDocument {
  const collection = existing(call);
  const nIndexesWas = collection.indexes().length;
  const asked = call.body['index'];
  const names =
    asked === '*'
      ? collection.indexes().map(({ name }) => name)
      : [asked].flat().filter((name) => typeof name === 'string');
  for (const name of names) {
    if (!collection.dropIndex(name) && asked !== '*') {
      throw new CommandError('IndexNotFound', `index not found with name [${name}]`);
    }
  }
  return { nIndexesWas };
}

function collStats(call: CommandCall): TypedDocument {
  const name = collectionOf(call);
  const collection =
    call.server.store.find(call.database, name) ?? new Collection(`${call.database}.${name}`, {});
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

function indexOf(spec: TypedDocument): Index {
  const { key } = spec;
  if (!isDocument(key) || Object.keys(key).length === 0) {
    throw new CommandError('BadValue', 'an index has at least one key');
  }
  const name = requiredText(spec, 'name');
  return { name, key, unique: flag(spec, 'unique'), spec: { v: 2, ...spec } };
}

/** Documents about the catalogue that match a filter over their own fields. */
async function matching<Described extends TypedDocument>(
  call: CommandCall,
  described: readonly Described[],
  filter: TypedDocument | undefined,
): Promise<readonly Described[]> {
  if (filter === undefined) return described;
  const engine = await call.server.engine();
  return described.filter((document) => engine.matches(document, filter));
}

function listing(call: CommandCall, namespace: string, documents: readonly TypedDocument[]): TypedDocument {
  const batchSize = optionalInteger(optionalDocument(call.body, 'cursor') ?? {}, 'batchSize');
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
  for (const { typed } of collection.entries()) bytes += encodedSize(typed);
  return bytes;
}
