import { EJSON } from 'bson';
import { type Db, type Document, MongoServerError } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MongodFixture, startMongodFixture } from './mongod-fixture.ts';

/** Commands for one new database, and the reply to the last command. */
export interface Row {
  readonly name: string;
  /** The commands. A list of documents means an insert into the collection `c`. */
  readonly run: readonly (Document | readonly Document[])[];
  /** Extended JSON; relaxed unless `types` is set. */
  readonly reply: Document;
  readonly types?: boolean;
}

/** The complete reply to a find or an aggregate on `c`. */
export const batch = (...firstBatch: readonly unknown[]): Document => ({
  cursor: { firstBatch, id: 0, ns: 'app.c' },
  ok: 1,
});

/** The reply of a command that failed. */
export const failure = (code: number, codeName: string, errmsg: string): Document => ({
  ok: 0,
  errmsg,
  code,
  codeName,
});

/** The reply of an update or a delete whose only statement failed. */
export const writeError = (
  code: number,
  errmsg: string,
  counts: Document = { n: 0, nModified: 0 },
): Document => ({
  ...counts,
  writeErrors: [{ index: 0, code, errmsg }],
  ok: 1,
});

/** Sends a command unchanged and returns the unmodified reply, also for an error. */
export async function replyTo(db: Db, command: Document, types = false): Promise<Document> {
  const reply = await db
    .command(command, { promoteValues: false, promoteLongs: false, bsonRegExp: true })
    .catch((error: unknown) => {
      // The driver throws an error for a write concern error, with the reply inside.
      if (error instanceof MongoServerError) return (error['result'] ?? error.errorResponse) as Document;
      throw error;
    });
  return EJSON.serialize(reply, { relaxed: !types }) as Document;
}

/** Defines one test for each row, with an empty database. */
export function testRows(
  title: string,
  rows: readonly Row[],
  options: Parameters<typeof startMongodFixture>[0] = {},
): void {
  describe(title, () => {
    let lab: MongodFixture;
    let db: Db;
    beforeAll(async () => {
      lab = await startMongodFixture(options);
      db = lab.driver().db('app');
    });
    afterAll(() => lab.close());

    test.each(rows)('$name', async ({ run, reply, types }) => {
      await db.dropDatabase();
      let last: Document = {};
      for (const step of run) {
        const command = Array.isArray(step) ? { insert: 'c', documents: step } : step;
        last = await replyTo(db, command as Document, types);
      }
      expect(last).toEqual(reply);
    });
  });
}

export const find = (filter: Document, more: Document = {}): Document => ({ find: 'c', filter, ...more });
export const aggregate = (...pipeline: readonly Document[]): Document => ({
  aggregate: 'c',
  pipeline,
  cursor: {},
});
export const update = (u: Document | readonly Document[], more: Document = {}): Document => ({
  update: 'c',
  updates: [{ q: {}, u, ...more }],
});
export const createIndex = (key: Document, options: Document = {}): Document => ({
  createIndexes: 'c',
  indexes: [{ key, name: 'one', ...options }],
});
