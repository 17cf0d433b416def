import type { TypedDocument } from './bson-codec.ts';
import type { Collection, Entry } from './collection.ts';
import { CommandError } from './command-error.ts';
import { isDocument } from './fields.ts';
import { withTimeLimit } from './time-limit.ts';
import { type PlainDocument, plain, plainDocument, plainOperand, retypeDocument } from './values.ts';

/** Which documents, and in which order. Documents as the client sent them. */
export interface Selection {
  readonly filter: TypedDocument;
  readonly sort?: TypedDocument | undefined;
  readonly skip?: number | undefined;
  readonly limit?: number | undefined;
  readonly collation?: TypedDocument | undefined;
  readonly variables?: TypedDocument | undefined;
}

export interface Modification {
  readonly filter: TypedDocument;
  /** Update operators, or a pipeline; already plain. */
  readonly modifier: PlainDocument | readonly PlainDocument[];
  readonly arrayFilters: readonly PlainDocument[];
  readonly variables?: TypedDocument | undefined;
}

/** The documents of another collection, for $lookup and $unionWith. */
export type Foreign = (name: string) => readonly Entry[];

type Mingo = typeof import('mingo');

/** Loads mingo, which takes a tenth of a second: not before the first query. */
export async function loadQueryEngine(): Promise<QueryEngine> {
  return new QueryEngine(await import('mingo'));
}

/**
 * MongoDB's query language over plain documents. mingo compares plain JavaScript values only
 * (facts/dependencies.md, section 2), so everything goes in plain and comes out with the stored types put back.
 */
export class QueryEngine {
  readonly #mingo: Mingo;

  constructor(mingo: Mingo) {
    this.#mingo = mingo;
  }

  /** @throws CommandError BadValue for what the query language does not know, MaxTimeMSExpired; so do the others */
  select(collection: Collection, selection: Selection): readonly Entry[] {
    const filter = plainOperand(selection.filter);
    const candidates = this.#candidates(collection, selection.filter);
    const byDocument = new Map(candidates.map((entry) => [entry.plain, entry]));
    return guarded(() => {
      const cursor = this.#mingo.find<PlainDocument>([...byDocument.keys()], filter, {}, options(selection));
      const sort = selection.sort === undefined ? {} : plainDocument(selection.sort);
      const natural = sort['$natural'];
      delete sort['$natural'];
      if (Object.keys(sort).length > 0) cursor.sort(sort);
      const found = natural === -1 ? cursor.all().reverse() : cursor.all();
      const { skip = 0, limit = 0 } = selection;
      return found
        .slice(skip, limit === 0 ? undefined : skip + limit)
        .flatMap((document) => byDocument.get(document) ?? []);
    });
  }

  /** The fields of each document that a projection keeps, with their stored types. */
  project(
    entries: readonly Entry[],
    projection: TypedDocument,
    selection: Selection,
  ): readonly TypedDocument[] {
    const filter = plainOperand(selection.filter);
    const fields = plainDocument(projection);
    return guarded(() =>
      entries.map((entry) => {
        const [projected] = this.#mingo
          .find<PlainDocument>([entry.plain], filter, fields, options(selection))
          .all();
        return projected === undefined ? {} : retypeDocument(projected, entry.typed);
      }),
    );
  }

  /** What a pipeline makes of a collection; what it leaves as it was keeps its stored type. */
  aggregate(
    collection: Collection,
    pipeline: readonly TypedDocument[],
    selection: Omit<Selection, 'filter'>,
    foreign: Foreign,
  ): readonly TypedDocument[] {
    const { chosen, rest } = this.#choose(collection, pipeline, selection);
    if (rest.length === 0) return chosen.map((entry) => entry.typed);
    const plains = chosen.map((entry) => entry.plain);
    return this.pipe(plains, rest, selection, foreign).map((document) =>
      retypeDocument(document, collection.byId(document['_id'])?.typed ?? {}),
    );
  }

  /** What a pipeline makes of plain documents, which stay as they are. */
  pipe(
    documents: readonly PlainDocument[],
    pipeline: readonly TypedDocument[],
    selection: Omit<Selection, 'filter'>,
    foreign: Foreign,
  ): readonly PlainDocument[] {
    return guarded(() =>
      this.#mingo.aggregate([...documents], pipeline.map(plainOperand), {
        ...options(selection),
        // Without it, nested stages change the stored documents.
        processingMode: this.#mingo.ProcessingMode.CLONE_INPUT,
        collectionResolver: (name) => foreign(name).map((entry) => entry.plain),
      }),
    );
  }

  /** A changed copy of a plain document. */
  modify(document: PlainDocument, modification: Modification): PlainDocument {
    const documents = [plainDocument(document)];
    guarded(() =>
      this.#mingo.updateOne(
        documents,
        plainOperand(modification.filter),
        modification.modifier as PlainDocument,
        {
          arrayFilters: [...modification.arrayFilters],
          cloneMode: 'deep',
          ...(modification.variables && { let: plainOperand(modification.variables) }),
        },
        options({}),
      ),
    );
    return documents[0] ?? document;
  }

  /** Whether a plain document matches a filter, for lists that are no collection. */
  matches(document: PlainDocument, filter: TypedDocument): boolean {
    return guarded(() => new this.#mingo.Query(plainOperand(filter), options({})).test(document));
  }

  #choose(
    collection: Collection,
    pipeline: readonly TypedDocument[],
    selection: Omit<Selection, 'filter'>,
  ): { readonly chosen: readonly Entry[]; readonly rest: readonly TypedDocument[] } {
    const [first, ...rest] = pipeline;
    const leads = first !== undefined && isDocument(first['$match']) && Object.keys(first).length === 1;
    const filter = leads && isDocument(first['$match']) ? first['$match'] : {};
    return { chosen: this.select(collection, { ...selection, filter }), rest: leads ? rest : pipeline };
  }

  /** All documents, or the one that an equality on `_id` leaves. */
  #candidates(collection: Collection, filter: TypedDocument): readonly Entry[] {
    const id = filter['_id'];
    if (id === undefined || !isLiteral(id)) return [...collection.entries()];
    const entry = collection.byId(id);
    return entry === undefined ? [] : [entry];
  }
}

/** True for a value that is compared as it is: no operator and no pattern. */
export function isLiteral(value: unknown): boolean {
  if (Array.isArray(value) || plain(value) instanceof RegExp) return false;
  return !isDocument(value) || !Object.keys(value).some((name) => name.startsWith('$'));
}

function options({ collation, variables }: Omit<Selection, 'filter'>): Record<string, unknown> {
  return {
    // $where and $function would run the client's JavaScript.
    scriptEnabled: false,
    ...(collation && { collation: plainDocument(collation) }),
    ...(variables && { variables: plainOperand(variables) }),
  };
}

/** What mingo refuses is the client's fault: an operator that it does not know, or one used wrongly. */
function guarded<Value>(run: () => Value): Value {
  try {
    return withTimeLimit(run);
  } catch (error) {
    if (error instanceof CommandError || !(error instanceof Error)) throw error;
    throw new CommandError('BadValue', error.message);
  }
}
