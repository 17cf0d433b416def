import { Long } from 'bson';
import { type Document, documentOf, encodedSize, type TypedDocument } from '../bson-codec.ts';
import { Collection } from '../collection.ts';
import { CommandError } from '../command-error.ts';
import type { Need } from '../privileges.ts';
import { valuesAt } from '../query/paths.ts';
import { compilePipeline, type Surroundings, stageOf } from '../query/pipeline.ts';
import { compileFindProjection } from '../query/projection.ts';
import { type Selection, select } from '../query/select.ts';
import { withTimeLimit } from '../time-limit.ts';
import { unsupported } from '../unsupported.ts';
import { keyOf } from '../values/compare.ts';
import { isDocument, typeOf } from '../values/types.ts';
import { type CommandCall, type CommandTable, collectionOf, ownerOf } from './command.ts';
import { documentOption, flagOption, numberOption, variablesOf } from './options.ts';

const reads = ({ database }: CommandCall): readonly Need[] => [{ action: 'find', database }];

export const READING_COMMANDS: CommandTable = {
  find: { access: reads, run: find },
  aggregate: { access: reads, run: aggregate },
  count: { access: reads, run: count },
  distinct: { access: reads, run: distinct },
  getMore: { access: 'authenticated', run: getMore },
  killCursors: { access: 'authenticated', run: killCursors },
};

function find(call: CommandCall): TypedDocument {
  const { document, server } = call;
  const selection = selectionOf(call, 'filter', numberOption(document, 'limit') ?? 0);
  const projection = documentOption(document, 'projection');
  const { found, filter } = select(collection(call), selection);
  const documents = withTimeLimit(() => {
    if (projection === undefined || projection.size === 0) return found;
    const project = compileFindProjection(projection, filter, new Set(selection.variables.keys()));
    return found.map((one) => project(one, selection.variables));
  });
  const cursor = server.cursors.first(ownerOf(call), namespace(call), documents, {
    batchSize: numberOption(document, 'batchSize'),
    single: flagOption(document, 'singleBatch'),
  });
  return { cursor };
}

function aggregate(call: CommandCall): TypedDocument {
  const { document, server } = call;
  const value = document.get('pipeline');
  const pipeline: readonly unknown[] = Array.isArray(value) ? value : [];
  const stages = pipeline.map(stageOf);
  checkFirst(call, stages[0]?.name);
  if (!document.has('cursor')) {
    throw new CommandError(
      'FailedToParse',
      "The 'cursor' option is required, except for aggregate with the explain argument",
    );
  }
  const variables = variablesOf(call);
  const foreign: Surroundings['foreign'] = (name) => [...collection(call, name).documents()];
  const source = collection(call);
  const isStatistics = stages[0]?.name === '$collStats';
  const documents = withTimeLimit(() => {
    const run = compilePipeline(isStatistics ? pipeline.slice(1) : pipeline, { variables, foreign });
    if (isStatistics) return run([statistics(source, stages[0]?.operand)], variables);
    const { found } = select(source, { filter: new Map(), hint: document.get('hint'), variables });
    return run(found, variables);
  });
  const batchSize = numberOption(documentOption(document, 'cursor') ?? new Map(), 'batchSize');
  return { cursor: server.cursors.first(ownerOf(call), namespace(call), documents, { batchSize }) };
}

/** Rejects change streams. Also rejects pipelines without a collection. @throws CommandError */
function checkFirst({ document, server, database }: CommandCall, first: string | undefined): void {
  if (first === '$changeStream') {
    if (server.replicaSet !== null) throw unsupported('NotImplemented', 'change streams');
    throw new CommandError('Location40573', 'The $changeStream stage is only supported on replica sets');
  }
  const [name] = document.values();
  if (typeof name === 'string') return;
  if (first === '$documents' || first === '$currentOp' || first === '$listLocalSessions') {
    throw unsupported('Location40324', `the pipeline stage '${first}'`);
  }
  throw new CommandError(
    'InvalidNamespace',
    `{aggregate: 1} is not valid for '${first ?? 'an empty pipeline'}'; a collection is required. (${database})`,
  );
}

function count(call: CommandCall): TypedDocument {
  const limit = Math.abs(numberOption(call.document, 'limit') ?? 0);
  return { n: select(collection(call), selectionOf(call, 'query', limit)).found.length };
}

function distinct(call: CommandCall): TypedDocument {
  const path = String(call.document.get('key'));
  const { found } = select(collection(call), selectionOf(call, 'query', 0));
  const values = found
    .flatMap((document) => valuesAt(document, path.split('.')))
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter((value) => value !== undefined);
  return { values: [...new Map(values.map((value) => [keyOf(value), value])).values()] };
}

const STATISTICS: ReadonlySet<string> = new Set(['storageStats', 'count']);

/** Returns the output of the `$collStats` stage. MongoDB shells use this stage. */
function statistics(source: Collection, operand: unknown): Document {
  if (!isDocument(operand)) {
    throw new CommandError(
      'Location40167',
      `$collStats must take a nested object but found a ${typeOf(operand)}`,
    );
  }
  const other = [...operand.keys()].find((name) => !STATISTICS.has(name));
  if (other !== undefined) throw unsupported('NotImplemented', `the option '${other}' of $collStats`);
  let size = 0;
  for (const document of source.documents()) size += encodedSize(document);
  const nindexes = source.indexes().length;
  const count = source.size;
  const storageStats = { size, count, storageSize: size, nindexes, indexSizes: {}, totalIndexSize: 0 };
  return documentOf({
    ns: source.namespace,
    ...(operand.has('storageStats') && { storageStats }),
    ...(operand.has('count') && { count }),
  });
}

function getMore(call: CommandCall): TypedDocument {
  const { document, database, server } = call;
  const id = document.get('getMore');
  if (!(id instanceof Long)) throw new CommandError('TypeMismatch', 'getMore requires a cursor ID');
  const ns = `${database}.${String(document.get('collection'))}`;
  // In getMore, a batch size of 0 means no limit.
  const batchSize = numberOption(document, 'batchSize') || undefined;
  return { cursor: server.cursors.next(ownerOf(call), id, ns, batchSize) };
}

function killCursors(call: CommandCall): TypedDocument {
  const asked = call.document.get('cursors');
  const ids = (Array.isArray(asked) ? asked : []).filter((id) => id instanceof Long);
  const killed = ids.filter((id) => call.server.cursors.kill(ownerOf(call), id));
  const notFound = ids.filter((id) => !killed.includes(id));
  return { cursorsKilled: killed, cursorsNotFound: notFound, cursorsAlive: [], cursorsUnknown: [] };
}

/** Returns the options that are common to find, count and distinct. */
function selectionOf(call: CommandCall, filterName: 'filter' | 'query', limit: number): Selection {
  const { document } = call;
  return {
    filter: documentOption(document, filterName) ?? new Map(),
    sort: documentOption(document, 'sort'),
    hint: document.get('hint'),
    skip: numberOption(document, 'skip'),
    limit,
    variables: variablesOf(call),
  };
}

/** Returns a collection, or a new empty collection if the collection does not exist. */
function collection(call: CommandCall, name: string = collectionOf(call)): Collection {
  return call.server.store.find(call.database, name) ?? new Collection(`${call.database}.${name}`);
}

function namespace(call: CommandCall): string {
  return `${call.database}.${collectionOf(call)}`;
}
