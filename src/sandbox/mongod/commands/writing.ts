import type { TypedDocument } from '../bson-codec.ts';
import { encodeDocument } from '../bson-codec.ts';
import type { Collection, Entry } from '../collection.ts';
import { CommandError } from '../command-error.ts';
import {
  flag,
  isDocument,
  numberOf,
  optionalDocument,
  optionalDocuments,
  requiredDocuments,
} from '../fields.ts';
import type { DatabaseAction, Need } from '../privileges.ts';
import type { QueryEngine } from '../query-engine.ts';
import { isReplacement, type UpdateRequest, updated, upserted } from '../update.ts';
import { type CommandCall, type CommandTable, collectionOf } from './command.ts';

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
  const target = opened(call);
  let n = 0;
  const writeErrors = each(call, requiredDocuments(call.body, 'documents'), (document) => {
    target.insert(document);
    n += 1;
  });
  return { n, ...writeErrors };
}

async function update(call: CommandCall): Promise<TypedDocument> {
  const engine = await call.server.engine();
  const target = opened(call);
  let n = 0;
  let nModified = 0;
  const upserts: TypedDocument[] = [];
  const writeErrors = each(call, requiredDocuments(call.body, 'updates'), (statement, index) => {
    const request = updateRequest(statement['u'], statement['q'], statement, call.body);
    const multi = flag(statement, 'multi');
    if (multi && isReplacement(request.update)) {
      throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
    }
    const found = engine.select(target, {
      filter: request.filter,
      sort: optionalDocument(statement, 'sort'),
      limit: multi ? 0 : 1,
      collation: optionalDocument(statement, 'collation'),
      variables: request.variables,
    });
    for (const entry of found) nModified += apply(engine, target, entry, request).changed ? 1 : 0;
    n += found.length;
    if (found.length === 0 && flag(statement, 'upsert')) {
      upserts.push({ index, _id: target.insert(upserted(engine, request)).typed['_id'] });
      n += 1;
    }
  });
  return { n, nModified, ...(upserts.length > 0 && { upserted: upserts }), ...writeErrors };
}

async function remove(call: CommandCall): Promise<TypedDocument> {
  const engine = await call.server.engine();
  const target = call.server.store.find(call.database, collectionOf(call));
  let n = 0;
  const writeErrors = each(call, requiredDocuments(call.body, 'deletes'), (statement) => {
    if (target === undefined) return;
    const found = engine.select(target, {
      filter: optionalDocument(statement, 'q') ?? {},
      limit: numberOf(statement['limit']) ?? 0,
      collation: optionalDocument(statement, 'collation'),
    });
    for (const entry of found) target.remove(entry);
    n += found.length;
  });
  return { n, ...writeErrors };
}

async function findAndModify(call: CommandCall): Promise<TypedDocument> {
  const { body } = call;
  const engine = await call.server.engine();
  const target = opened(call);
  const selection = {
    filter: optionalDocument(body, 'query') ?? {},
    sort: optionalDocument(body, 'sort'),
    limit: 1,
    collation: optionalDocument(body, 'collation'),
    variables: optionalDocument(body, 'let'),
  };
  const fields = optionalDocument(body, 'fields');
  const shown = (entry: Entry | undefined): TypedDocument | null => {
    if (entry === undefined) return null;
    if (fields === undefined) return entry.typed;
    return engine.project([entry], fields, { filter: {} })[0] ?? {};
  };
  const [entry] = engine.select(target, selection);
  if (flag(body, 'remove')) {
    if (entry !== undefined) target.remove(entry);
    return { lastErrorObject: { n: entry === undefined ? 0 : 1 }, value: shown(entry) };
  }
  const request = updateRequest(body['update'], body['query'] ?? {}, body, body);
  if (entry !== undefined) {
    const { after } = apply(engine, target, entry, request);
    return {
      lastErrorObject: { n: 1, updatedExisting: true },
      value: shown(flag(body, 'new') ? after : entry),
    };
  }
  if (!flag(body, 'upsert')) return { lastErrorObject: { n: 0, updatedExisting: false }, value: null };
  const inserted = target.insert(upserted(engine, request));
  return {
    lastErrorObject: { n: 1, updatedExisting: false, upserted: inserted.typed['_id'] },
    value: flag(body, 'new') ? shown(inserted) : null,
  };
}

function apply(
  engine: QueryEngine,
  target: Collection,
  entry: Entry,
  request: UpdateRequest,
): { readonly after: Entry; readonly changed: boolean } {
  const document = updated(engine, entry.typed, request);
  const changed = Buffer.compare(encodeDocument(document), encodeDocument(entry.typed)) !== 0;
  return changed ? { after: target.replace(entry, document), changed } : { after: entry, changed };
}

/** Runs the statements of a bulk: ordered ones stop at the first that fails, unordered ones go on. */
function each(
  { body }: CommandCall,
  statements: readonly TypedDocument[],
  run: (statement: TypedDocument, index: number) => void,
): { readonly writeErrors?: readonly TypedDocument[] } {
  const ordered = flag(body, 'ordered', true);
  const writeErrors: TypedDocument[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
      if (ordered) break;
    }
  }
  return writeErrors.length === 0 ? {} : { writeErrors };
}

function updateRequest(
  update: unknown,
  filter: unknown,
  statement: TypedDocument,
  body: TypedDocument,
): UpdateRequest {
  if (!isDocument(filter)) throw new CommandError('TypeMismatch', 'an update has no filter');
  const isPipeline = Array.isArray(update) && update.every(isDocument);
  if (!isPipeline && !isDocument(update)) {
    throw new CommandError('TypeMismatch', 'an update is a document or a pipeline');
  }
  return {
    filter,
    update,
    arrayFilters: optionalDocuments(statement, 'arrayFilters') ?? [],
    variables: optionalDocument(body, 'let'),
  };
}

/** The collection to write to, made when it is not there. @throws CommandError InvalidNamespace */
function opened(call: CommandCall): Collection {
  const name = collectionOf(call);
  if (name.startsWith('system.')) {
    throw new CommandError('InvalidNamespace', `cannot write to '${call.database}.${name}'`);
  }
  return call.server.store.open(call.database, name);
}
