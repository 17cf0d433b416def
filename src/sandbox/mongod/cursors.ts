import { Long } from 'bson';
import { type Document, encodedSize, type TypedDocument } from './bson-codec.ts';
import { CommandError } from './command-error.ts';

/** The default number of documents in the first batch, as in mongod. */
const FIRST_BATCH = 101;
/** The maximum size of a batch in bytes. The maximum size of a document has the same value. */
const MAX_BATCH = 16 * 1024 * 1024;
/** The maximum number of open cursors. If the limit is exceeded, the oldest cursor is closed. */
const KEPT = 1000;

interface OpenCursor {
  readonly namespace: string;
  readonly owner: string;
  remaining: readonly Document[];
}

/** The open cursors. Each cursor stores its remaining results in memory. */
export class Cursors {
  readonly #open = new Map<string, OpenCursor>();
  #lastId = 0;

  /** Returns the `cursor` field of the first reply. Opens a cursor if results remain after the first batch. */
  first(
    owner: string,
    namespace: string,
    documents: readonly Document[],
    {
      batchSize = FIRST_BATCH,
      single = false,
    }: { readonly batchSize?: number | undefined; readonly single?: boolean } = {},
  ): TypedDocument {
    const { batch, remaining } = split(documents, batchSize);
    if (remaining.length === 0 || single) return { firstBatch: batch, id: Long.ZERO, ns: namespace };
    this.#lastId += 1;
    this.#open.set(String(this.#lastId), { namespace, owner, remaining });
    const [oldest] = this.#open.keys();
    if (this.#open.size > KEPT && oldest !== undefined) this.#open.delete(oldest);
    return { firstBatch: batch, id: Long.fromNumber(this.#lastId), ns: namespace };
  }

  /** Returns the `cursor` field of the reply to getMore. @throws CommandError CursorNotFound, Unauthorized */
  next(owner: string, id: Long, namespace: string, batchSize: number | undefined): TypedDocument {
    const cursor = this.#open.get(id.toString());
    if (cursor === undefined || cursor.namespace !== namespace) {
      throw new CommandError('CursorNotFound', `cursor id ${id.toString()} not found`);
    }
    if (cursor.owner !== owner) {
      throw new CommandError(
        'Unauthorized',
        `cursor id ${id.toString()} was not created by the authenticated user`,
      );
    }
    const { batch, remaining } = split(cursor.remaining, batchSize ?? Number.POSITIVE_INFINITY);
    cursor.remaining = remaining;
    if (remaining.length === 0) this.#open.delete(id.toString());
    return { nextBatch: batch, id: remaining.length === 0 ? Long.ZERO : id, ns: namespace };
  }

  /** Closes a cursor. @returns false if the owner has no cursor with this ID */
  kill(owner: string, id: Long): boolean {
    return this.#open.get(id.toString())?.owner === owner && this.#open.delete(id.toString());
  }
}

function split(
  documents: readonly Document[],
  count: number,
): { readonly batch: readonly Document[]; readonly remaining: readonly Document[] } {
  let bytes = 0;
  let taken = 0;
  while (taken < documents.length && taken < count) {
    bytes += encodedSize(documents[taken] ?? new Map());
    if (taken > 0 && bytes > MAX_BATCH) break;
    taken += 1;
  }
  return { batch: documents.slice(0, taken), remaining: documents.slice(taken) };
}
