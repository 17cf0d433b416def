import type { Document, TypedDocument } from '../bson-codec.ts';
import { documentOf } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import type { DatabaseAction, Need } from '../privileges.ts';
import type { Variables } from '../query/filter.ts';
import { stamped } from '../query/update.ts';
import { type CommandCall, type CommandTable, noteUnsupported, ownerOf } from './command.ts';
import { documentOption, documentsOption, flagOption, numberOption, variablesOf } from './options.ts';
import { opened, type Place, runDelete, runUpdate } from './writing.ts';

type Operation = 'insert' | 'update' | 'delete';

/** The privilege actions that the user must have for each operation of bulkWrite. */
const ACTIONS: Readonly<Record<Operation, readonly DatabaseAction[]>> = {
  insert: ['insert'],
  update: ['update', 'insert'],
  delete: ['remove'],
};

/** The bulkWrite command (MongoDB 8.0 and later). One bulkWrite command can write to several collections. */
export const BULK_COMMANDS: CommandTable = {
  bulkWrite: { access: needsOf, run: bulkWrite },
};

function needsOf({ document }: CommandCall): readonly Need[] {
  const places = placesOf(document);
  return documentsOption(document, 'ops').flatMap((operation) => {
    const { kind, index } = operationOf(operation);
    const database = places[index]?.database ?? '';
    return (ACTIONS[kind] ?? []).map((action) => ({ action, database }));
  });
}

function placesOf(document: Document): readonly Place[] {
  return documentsOption(document, 'nsInfo').map((info) => {
    const namespace = String(info.get('ns'));
    const dot = namespace.indexOf('.');
    return { database: namespace.slice(0, dot), name: namespace.slice(dot + 1) };
  });
}

function operationOf(operation: Document): { readonly kind: Operation; readonly index: number } {
  const [kind = ''] = operation.keys();
  return { kind: kind as Operation, index: numberOption(operation, kind) ?? 0 };
}

/** The totals for all operations. The reply contains fields with the same names. */
interface Counts {
  nErrors: number;
  nInserted: number;
  nMatched: number;
  nModified: number;
  nUpserted: number;
  nDeleted: number;
}

function bulkWrite(call: CommandCall): TypedDocument {
  const { document, database, server } = call;
  if (database !== 'admin') {
    throw new CommandError('Unauthorized', 'bulkWrite may only be run against the admin database.');
  }
  const [places, operations] = [placesOf(document), documentsOption(document, 'ops')];
  for (const [idx, operation] of operations.entries()) {
    if (places[operationOf(operation).index] === undefined) {
      throw new CommandError('BadValue', `BulkWrite ops entry ${idx} has an invalid nsInfo index.`);
    }
  }
  const isOrdered = document.has('ordered') ? flagOption(document, 'ordered') : true;
  const errorsOnly = flagOption(document, 'errorsOnly');
  const variables = variablesOf(call);
  const counts: Counts = { nErrors: 0, nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  const results: Document[] = [];
  for (const [idx, operation] of operations.entries()) {
    const place = places[operationOf(operation).index] ?? { database: '', name: '' };
    try {
      const result = runOperation(call, { place, operation, variables, counts });
      if (!errorsOnly) results.push(documentOf({ ok: 1, idx, ...result }));
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      noteUnsupported(error, call);
      counts.nErrors += 1;
      results.push(documentOf({ ok: 0, idx, code: error.code, errmsg: error.message, ...error.extra, n: 0 }));
      if (isOrdered) break;
    }
  }
  const batchSize = numberOption(documentOption(document, 'cursor') ?? new Map(), 'batchSize');
  const cursor = server.cursors.first(ownerOf(call), 'admin.$cmd.bulkWrite', results, { batchSize });
  return { cursor, ...counts };
}

function runOperation(
  call: CommandCall,
  task: {
    readonly place: Place;
    readonly operation: Document;
    readonly variables: Variables;
    readonly counts: Counts;
  },
): TypedDocument {
  const { place, operation, variables, counts } = task;
  const { kind } = operationOf(operation);
  if (kind === 'insert') {
    const document = documentOption(operation, 'document') ?? new Map<string, unknown>();
    opened(call, place).insert(stamped(document, call.server.now()));
    counts.nInserted += 1;
    return { n: 1 };
  }
  const statement = new Map([...operation, ['q', operation.get('filter')]]);
  if (kind === 'delete') {
    statement.set('limit', documentOf({ one: flagOption(operation, 'multi') ? 0 : 1 }).get('one'));
    const n = runDelete(call, place, statement, variables);
    counts.nDeleted += n;
    return { n };
  }
  statement.set('u', operation.get('updateMods'));
  const { n, nModified, ...upsert } = runUpdate(call, place, statement, variables);
  if ('upsertedId' in upsert) {
    counts.nUpserted += 1;
    return { n, nModified, upserted: { _id: upsert.upsertedId } };
  }
  counts.nMatched += n;
  counts.nModified += nModified;
  return { n, nModified };
}
