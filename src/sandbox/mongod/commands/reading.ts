import { Long } from 'bson';
import { encodedSize, type TypedDocument } from '../bson-codec.ts';
import { Collection, type Entry } from '../collection.ts';
import { CommandError } from '../command-error.ts';
import {
  flag,
  isDocument,
  numberOf,
  optionalDocument,
  optionalInteger,
  requiredDocuments,
  requiredText,
} from '../fields.ts';
import { valuesAt } from '../paths.ts';
import type { Need } from '../privileges.ts';
import type { Selection } from '../query-engine.ts';
import { keyOf } from '../values.ts';
import { type CommandCall, type CommandTable, collectionOf, ownerOf } from './command.ts';

const reads = ({ database }: CommandCall): readonly Need[] => [{ action: 'find', database }];

export const READING_COMMANDS: CommandTable = {
  find: { access: reads, run: find },
  aggregate: { access: reads, run: aggregate },
  count: { access: reads, run: count },
  distinct: { access: reads, run: distinct },
  getMore: { access: 'authenticated', run: getMore },
  killCursors: { access: 'authenticated', run: killCursors },
};

async function find(call: CommandCall): Promise<TypedDocument> {
  const { body, server } = call;
  const limit = optionalInteger(body, 'limit') ?? 0;
  const selection = selectionOf(body, 'filter', Math.abs(limit));
  const projection = optionalDocument(body, 'projection');
  const engine = await server.engine();
  const found = engine.select(collection(call), selection);
  const documents =
    projection === undefined || Object.keys(projection).length === 0
      ? found.map((entry) => entry.typed)
      : engine.project(found, projection, selection);
  const cursor = server.cursors.first(ownerOf(call), namespace(call), documents, {
    batchSize: optionalInteger(body, 'batchSize'),
    single: flag(body, 'singleBatch') || limit < 0,
  });
  return { cursor };
}

async function aggregate(call: CommandCall): Promise<TypedDocument> {
  const { body, server } = call;
  const pipeline = requiredDocuments(body, 'pipeline');
  for (const stage of pipeline) {
    if ('$out' in stage || '$merge' in stage) {
      throw new CommandError('NotImplemented', 'the lab has neither $out nor $merge');
    }
  }
  const { collation, variables } = selectionOf(body, 'query', 0);
  const engine = await server.engine();
  const foreign = (name: string): readonly Entry[] => [...collection(call, name).entries()];
  const source = collection(call);
  const [first, ...rest] = pipeline;
  const documents =
    first !== undefined && '$collStats' in first
      ? engine.pipe([collectionStats(source)], rest, { collation, variables }, foreign)
      : engine.aggregate(source, pipeline, { collation, variables }, foreign);
  const batchSize = optionalInteger(optionalDocument(body, 'cursor') ?? {}, 'batchSize');
  return { cursor: server.cursors.first(ownerOf(call), namespace(call), documents, { batchSize }) };
}

async function count(call: CommandCall): Promise<TypedDocument> {
  const limit = Math.abs(optionalInteger(call.body, 'limit') ?? 0);
  const engine = await call.server.engine();
  return { n: engine.select(collection(call), selectionOf(call.body, 'query', limit)).length };
}

async function distinct(call: CommandCall): Promise<TypedDocument> {
  const path = requiredText(call.body, 'key');
  const engine = await call.server.engine();
  const found = engine.select(collection(call), selectionOf(call.body, 'query', 0));
  const values = found.flatMap((entry) => valuesAt(entry.typed, path));
  return { values: [...new Map(values.map((value) => [keyOf(value), value])).values()] };
}

/** What the stage $collStats begins with; shells ask for it. */
function collectionStats(source: Collection): TypedDocument {
  let size = 0;
  for (const { typed } of source.entries()) size += encodedSize(typed);
  const nindexes = source.indexes().length;
  const storageStats = {
    size,
    count: source.size,
    storageSize: size,
    nindexes,
    indexSizes: {},
    totalIndexSize: 0,
  };
  return { ns: source.namespace, storageStats, count: source.size };
}

function getMore(call: CommandCall): TypedDocument {
  const { body, database, server } = call;
  const id = body['getMore'];
  if (!(id instanceof Long)) throw new CommandError('TypeMismatch', 'getMore names no cursor');
  const ns = `${database}.${requiredText(body, 'collection')}`;
  return { cursor: server.cursors.next(ownerOf(call), id, ns, optionalInteger(body, 'batchSize')) };
}

function killCursors(call: CommandCall): TypedDocument {
  const asked = call.body['cursors'];
  const ids = (Array.isArray(asked) ? asked : []).filter((id) => id instanceof Long);
  const killed = ids.filter((id) => call.server.cursors.kill(ownerOf(call), id));
  const notFound = ids.filter((id) => !killed.includes(id));
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
}

/** What find, count and distinct share. Old clients call the filter `query`. */
function selectionOf(body: TypedDocument, filterName: 'filter' | 'query', limit: number): Selection {
  const skip = optionalInteger(body, 'skip') ?? 0;
  if (skip < 0) throw new CommandError('BadValue', 'skip must not be negative');
  const sort = optionalDocument(body, 'sort');
  for (const direction of Object.values(sort ?? {})) {
    if (!isDocument(direction) && Math.abs(numberOf(direction) ?? 0) !== 1) {
      throw new CommandError('BadValue', 'a sort direction is 1 or -1');
    }
  }
  return {
    filter: optionalDocument(body, filterName) ?? {},
    sort,
    skip,
    limit,
    collation: optionalDocument(body, 'collation'),
    variables: optionalDocument(body, 'let'),
  };
}

/** A collection that nobody has written to yet is an empty one. */
function collection(call: CommandCall, name: string = collectionOf(call)): Collection {
  return call.server.store.find(call.database, name) ?? new Collection(`${call.database}.${name}`, {});
}

function namespace(call: CommandCall): string {
  return `${call.database}.${collectionOf(call)}`;
}
