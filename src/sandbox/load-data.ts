import { EJSON } from 'bson';
import { FedctlError } from '../lib/core/errors.ts';
import { decodeOrdered, encodeDocument, recordOf, type TypedDocument } from './mongod/bson-codec.ts';
import type { Store } from './mongod/store.ts';

/**
 * Loads documents into the lab's database. Runs before any client connects.
 *
 * @param data documents by `database.collection`, as MongoDB Extended JSON: `{ $date: … }`, `{ $oid: … }`
 * @throws FedctlError config.invalid for documents that MongoDB would reject, for example because of a
 * duplicate _id or an invalid name
 */
export function loadData(store: Store, data: Readonly<Record<string, readonly object[]>>): void {
  for (const [namespace, documents] of Object.entries(data)) {
    const dot = namespace.indexOf('.');
    const [database, name] = [namespace.slice(0, dot), namespace.slice(dot + 1)];
    for (const [index, document] of documents.entries()) {
      try {
        // With `relaxed: false`, whole numbers become Int32 or Long. Drivers also send these types.
        const typed: TypedDocument = EJSON.deserialize(document, { relaxed: false });
        store.open(database, name).insert(decodeOrdered(encodeDocument(typed), refuse));
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new FedctlError('config.invalid', {
          message: `data.${namespace}[${index}] cannot be loaded: ${reason}`,
          details: { namespace, index },
          cause,
        });
      }
    }
  }
}

/** Returns all documents of the lab's database, in the format that `loadData` reads. */
export function dumpData(store: Store): Readonly<Record<string, readonly object[]>> {
  const dumped = store.databases().flatMap((database) =>
    store.collections(database).map(([name, collection]) => {
      const documents = [...collection.documents()].map((document) =>
        EJSON.serialize(recordOf(document), { relaxed: false }),
      );
      return [`${database}.${name}`, documents] as const;
    }),
  );
  return Object.fromEntries(dumped);
}

function refuse(reason: string): never {
  throw new Error(reason);
}
