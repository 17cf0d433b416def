import { EJSON } from 'bson';
import { FedctlError } from '../lib/core/errors.ts';
import { decodeOrdered, encodeDocument, recordOf, type TypedDocument } from './mongod/bson-codec.ts';
import type { Store } from './mongod/store.ts';

/**
 * Puts documents into the lab's database, before anybody connects.
 *
 * @param data by `database.collection`, in MongoDB's Extended JSON: `{ $date: … }`, `{ $oid: … }`
 * @throws FedctlError config.invalid for what MongoDB would refuse: a duplicate _id, a name that it does not allow
 */
export function loadData(store: Store, data: Readonly<Record<string, readonly object[]>>): void {
  for (const [namespace, documents] of Object.entries(data)) {
    const dot = namespace.indexOf('.');
    const [database, name] = [namespace.slice(0, dot), namespace.slice(dot + 1)];
    for (const [index, document] of documents.entries()) {
      try {
        // Not relaxed: whole numbers become Int32 or Long, as a driver would send them.
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

/** Everything in the lab's database, in the form that `loadData` reads. */
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
