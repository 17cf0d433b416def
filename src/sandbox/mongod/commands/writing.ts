import { type Document, encodeDocument, type TypedDocument } from '../bson-codec.ts';
import { Collection } from '../collection.ts';
import { CommandError } from '../command-error.ts';
import type { DatabaseAction, Need } from '../privileges.ts';
import type { Filter, Variables } from '../query/filter.ts';
import { compileFindProjection } from '../query/projection.ts';
import { type Selection, select } from '../query/select.ts';
import { compileUpdate, stamped, type Update } from '../query/update.ts';
import { withTimeLimit } from '../time-limit.ts';
import { isDocument } from '../values/types.ts';
import { type CommandCall, type CommandTable, collectionOf, noteUnsupported } from './command.ts';
import { documentOption, documentsOption, flagOption, numberOption, variablesOf } from './options.ts';

const needs =
  (...actions: readonly DatabaseAction[]) =>
  ({ database }: CommandCall): readonly Need[] =>
    actions.map((action) => ({ action, database }));

export const WRITING_COMMANDS: CommandTable = {
  insert: { access: needs('insert'), run: insert },
  update: { access: needs('update', 'insert'), run: update },
  delete: { access: needs('remove'), run: remove },
  findAndModify: { access: needs('find', 'update', 'insert', 'remove'), run: findAndModify },
};

function insert(call: CommandCall): TypedDocument {
  const target = opened(call, placeOf(call));
  let n = 0;
  const writeErrors = each(call, documentsOption(call.document, 'documents'), (document) => {
    target.insert(stamped(document, call.server.now()));
    n += 1;
  });
  return { n, ...writeErrors };
}

function update(call: CommandCall): TypedDocument {
  const variables = variablesOf(call);
  const place = placeOf(call);
  let n = 0;
  let nModified = 0;
  const upserts: TypedDocument[] = [];
  const writeErrors = each(call, documentsOption(call.document, 'updates'), (statement, index) => {
    const result = runUpdate(call, place, statement, variables);
    n += result.n;
    nModified += result.nModified;
    if ('upsertedId' in result) upserts.push({ index, _id: result.upsertedId });
  });
  return { n, nModified, ...(upserts.length > 0 && { upserted: upserts }), ...writeErrors };
}

/** The result of one update statement. */
export interface UpdateResult {
  /** The number of matched or inserted documents. */
  readonly n: number;
  readonly nModified: number;
  readonly upsertedId?: unknown;
}

/** Runs one update statement. @throws CommandError */
export function runUpdate(
  call: CommandCall,
  place: Place,
  statement: Document,
  variables: Variables,
): UpdateResult {
  const target = found(call, place);
  const isMulti = flagOption(statement, 'multi');
  if (isMulti && statement.has('sort')) {
    throw new CommandError('FailedToParse', 'Cannot specify sort with multi=true');
  }
  const selection: Selection = {
    filter: documentOption(statement, 'q') ?? new Map(),
    sort: documentOption(statement, 'sort'),
    hint: statement.get('hint'),
    limit: isMulti ? 0 : 1,
    variables,
  };
  const { found: documents, filter } = select(target, selection);
  const change = updateOf(call, statement.get('u'), statement, { filter, variables });
  if (isMulti && change.isReplacement) {
    throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  }
  if (documents.length === 0 && flagOption(statement, 'upsert')) {
    const inserted = opened(call, place).insert(withTimeLimit(change.insert));
    return { n: 1, nModified: 0, upsertedId: inserted.get('_id') };
  }
  const changed = documents.filter((document) => apply(target, document, change).isChanged);
  return { n: documents.length, nModified: changed.length };
}

function remove(call: CommandCall): TypedDocument {
  const variables = variablesOf(call);
  const place = placeOf(call);
  let n = 0;
  const writeErrors = each(call, documentsOption(call.document, 'deletes'), (statement) => {
    n += runDelete(call, place, statement, variables);
  });
  return { n, ...writeErrors };
}

/** Runs one delete statement. @returns the number of deleted documents @throws CommandError */
export function runDelete(
  call: CommandCall,
  place: Place,
  statement: Document,
  variables: Variables,
): number {
  const target = found(call, place);
  const { found: documents } = select(target, {
    filter: documentOption(statement, 'q') ?? new Map(),
    hint: statement.get('hint'),
    limit: numberOption(statement, 'limit'),
    variables,
  });
  for (const document of documents) target.remove(document);
  return documents.length;
}

function findAndModify(call: CommandCall): TypedDocument {
  const { document } = call;
  const isRemoval = flagOption(document, 'remove');
  checkFindAndModify(document, isRemoval);
  const place = placeOf(call);
  const target = found(call, place);
  const variables = variablesOf(call);
  const { found: documents, filter } = select(target, {
    filter: documentOption(document, 'query') ?? new Map(),
    sort: documentOption(document, 'sort'),
    hint: document.get('hint'),
    limit: 1,
    variables,
  });
  const fields = documentOption(document, 'fields');
  const project =
    fields === undefined || fields.size === 0
      ? (one: Document) => one
      : compileFindProjection(fields, filter, new Set(variables.keys()));
  const shown = (one: Document): Document => withTimeLimit(() => project(one, variables));
  const [before] = documents;
  if (isRemoval) {
    const value = before === undefined ? null : shown(before);
    if (before !== undefined) target.remove(before);
    return { lastErrorObject: { n: documents.length }, value };
  }
  const isNew = flagOption(document, 'new');
  const change = updateOf(call, document.get('update'), document, { filter, variables });
  if (before !== undefined) {
    const { after } = apply(target, before, change);
    return { lastErrorObject: { n: 1, updatedExisting: true }, value: shown(isNew ? after : before) };
  }
  if (!flagOption(document, 'upsert'))
    return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
  const inserted = opened(call, place).insert(withTimeLimit(change.insert));
  return {
    lastErrorObject: { n: 1, updatedExisting: false, upserted: inserted.get('_id') },
    value: isNew ? shown(inserted) : null,
  };
}

function checkFindAndModify(document: Document, isRemoval: boolean): void {
  const fail = (message: string): never => {
    throw new CommandError('FailedToParse', message);
  };
  const hasUpdate = (document.get('update') ?? null) !== null;
  if (isRemoval && hasUpdate) fail('Cannot specify both an update and remove=true');
  if (isRemoval && flagOption(document, 'upsert')) fail('Cannot specify both upsert=true and remove=true');
  if (isRemoval && flagOption(document, 'new')) {
    fail("Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
  }
  if (isRemoval && document.has('arrayFilters')) fail('Cannot specify arrayFilters and remove=true');
  if (!isRemoval && !hasUpdate) fail('Either an update or remove=true must be specified');
}

function apply(
  target: Collection,
  before: Document,
  change: Update,
): { readonly after: Document; readonly isChanged: boolean } {
  const after = withTimeLimit(() => change.apply(before));
  const isChanged = Buffer.compare(encodeDocument(after), encodeDocument(before)) !== 0;
  if (isChanged) target.replace(before, after);
  return { after, isChanged };
}

/** Runs the statements of a write command. An ordered write stops at the first error. An unordered write continues. */
function each(
  call: CommandCall,
  statements: readonly Document[],
  run: (statement: Document, index: number) => void,
): { readonly writeErrors?: readonly TypedDocument[] } {
  const ordered = call.document.has('ordered') ? flagOption(call.document, 'ordered') : true;
  const writeErrors: TypedDocument[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      noteUnsupported(error, call);
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
      if (ordered) break;
    }
  }
  return writeErrors.length === 0 ? {} : { writeErrors };
}

function updateOf(
  { server }: CommandCall,
  update: unknown,
  statement: Document,
  { filter, variables }: { readonly filter: Filter; readonly variables: Variables },
): Update {
  return compileUpdate({
    filter,
    update: isDocument(update) || Array.isArray(update) ? update : new Map(),
    arrayFilters: documentsOption(statement, 'arrayFilters'),
    variables,
    now: server.now(),
  });
}

/** The name of a collection and the name of its database. */
export interface Place {
  readonly database: string;
  readonly name: string;
}

function placeOf(call: CommandCall): Place {
  return { database: call.database, name: collectionOf(call) };
}

/**
 * Returns the collection to search, or a new empty collection if the collection does not exist.
 *
 * @throws CommandError InvalidNamespace
 */
function found({ server }: CommandCall, place: Place): Collection {
  checkWritable(place);
  return server.store.find(place.database, place.name) ?? new Collection(`${place.database}.${place.name}`);
}

/**
 * Returns the collection to write to. Creates the collection if it does not exist.
 *
 * @throws CommandError InvalidNamespace
 */
export function opened({ server }: CommandCall, place: Place): Collection {
  checkWritable(place);
  return server.store.open(place.database, place.name);
}

function checkWritable({ database, name }: Place): void {
  if (name.startsWith('system.')) {
    throw new CommandError('InvalidNamespace', `cannot write to '${database}.${name}'`);
  }
}
