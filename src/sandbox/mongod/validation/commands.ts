import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { isTrue } from '../query/expressions/conditions.ts';
import { unsupported } from '../unsupported.ts';
import { isDocument, typeOf } from '../values/types.ts';
import { checkCollation } from './collation.ts';
import {
  any,
  array,
  check,
  flag,
  hint,
  long,
  object,
  objects,
  off,
  type Rule,
  type Rules,
  text,
  whole,
} from './rules.ts';
import { checkWriteConcern } from './write-concern.ts';

/** The rules for a command that reads or changes data. */
export interface CommandRules extends Rules {
  readonly takes?: 'readConcern' | 'writeConcern';
}

/** The maximum number of statements in one command, as in mongod. */
const MAX_BATCH = 100_000;

const collation: Rule = (value) => checkCollation(value);
const cursor: Rule = (value, path) => {
  object(value, path);
  if (isDocument(value)) check(value, { optional: { batchSize: whole(0) } }, path);
};
const tailable: Rule = (value) => {
  // Only capped collections support tailable cursors, and the lab has no capped collections. The lab therefore rejects
  // this option.
  if (isTrue(value))
    throw new CommandError(
      'BadValue',
      'error processing query: tailable cursor requested on non capped collection',
    );
};
const limit: Rule = (value, path) => {
  whole(Number.MIN_SAFE_INTEGER)(value, path);
  if (Number(String(value)) !== 0 && Number(String(value)) !== 1) {
    throw new CommandError(
      'FailedToParse',
      `The limit field in delete objects must be 0 or 1. Got ${String(value)}`,
    );
  }
};
const update: Rule = (value, path) => {
  if (!isDocument(value) && !Array.isArray(value)) {
    throw new CommandError('FailedToParse', `${path}: Update argument must be either an object or an array`);
  }
};
const batch =
  (statement: Rules | null): Rule =>
  (value, path) => {
    objects(value, path);
    const statements = value as readonly Document[];
    if (statements.length === 0 || statements.length > MAX_BATCH) {
      throw new CommandError(
        'InvalidLength',
        `Write batch sizes must be between 1 and ${MAX_BATCH}. Got ${statements.length} operations.`,
      );
    }
    if (statement !== null) for (const one of statements) check(one, statement, path);
  };

/** The options of an update statement. The commands `update` and `bulkWrite` share these options. */
const UPDATE_OPTIONS: Rules['optional'] = {
  multi: flag,
  upsert: flag,
  arrayFilters: objects,
  collation,
  hint,
  sort: object,
  upsertSupplied: off,
};

const UPDATE_STATEMENT: Rules = {
  required: { q: object, u: update },
  optional: { ...UPDATE_OPTIONS, c: off },
};
const DELETE_STATEMENT: Rules = { required: { q: object, limit }, optional: { collation, hint } };
const WRITING = { ordered: flag, bypassDocumentValidation: flag, let: object } as const;

/** The fields of the commands that read or change data. The first field of a command has the name of the command. */
export const COMMAND_RULES: Readonly<Record<string, CommandRules>> = {
  find: {
    takes: 'readConcern',
    required: { find: any },
    optional: {
      filter: object,
      projection: object,
      sort: object,
      hint,
      skip: whole(0),
      limit: whole(0),
      batchSize: whole(0),
      singleBatch: flag,
      collation,
      let: object,
      allowDiskUse: flag,
      allowPartialResults: flag,
      noCursorTimeout: flag,
      oplogReplay: flag,
      tailable,
      awaitData: tailable,
      returnKey: off,
      showRecordId: off,
      min: off,
      max: off,
      resumeToken: off,
      requestResumeToken: off,
    },
  },
  aggregate: {
    takes: 'readConcern',
    required: { aggregate: any, pipeline: array },
    optional: {
      cursor,
      explain: off,
      allowDiskUse: flag,
      bypassDocumentValidation: flag,
      collation,
      hint,
      let: object,
      exchange: off,
      passthroughToShard: off,
      requestResumeToken: off,
    },
  },
  count: {
    takes: 'readConcern',
    required: { count: any },
    optional: {
      query: object,
      limit: whole(Number.MIN_SAFE_INTEGER),
      skip: whole(0),
      hint,
      collation,
      fields: object,
    },
  },
  distinct: {
    takes: 'readConcern',
    required: { distinct: any, key: text },
    optional: { query: object, collation, hint: off },
  },
  getMore: { required: { getMore: long, collection: text }, optional: { batchSize: whole(0) } },
  killCursors: { required: { killCursors: any, cursors: array }, optional: {} },
  insert: {
    takes: 'writeConcern',
    required: { insert: any, documents: batch(null) },
    optional: { ordered: flag, bypassDocumentValidation: flag },
  },
  update: {
    takes: 'writeConcern',
    required: { update: any, updates: batch(UPDATE_STATEMENT) },
    optional: WRITING,
  },
  delete: {
    takes: 'writeConcern',
    required: { delete: any, deletes: batch(DELETE_STATEMENT) },
    optional: WRITING,
  },
  findAndModify: {
    takes: 'writeConcern',
    required: { findAndModify: any },
    optional: {
      query: object,
      sort: object,
      remove: flag,
      update,
      new: flag,
      upsert: flag,
      fields: object,
      hint,
      collation,
      arrayFilters: objects,
      let: object,
      bypassDocumentValidation: flag,
    },
  },
  bulkWrite: {
    takes: 'writeConcern',
    required: { bulkWrite: any, ops: bulkOperations, nsInfo: namespaces },
    optional: {
      ordered: flag,
      errorsOnly: flag,
      bypassDocumentValidation: flag,
      let: object,
      cursor,
    },
  },
  listDatabases: {
    required: { listDatabases: any },
    optional: { filter: object, nameOnly: flag, authorizedDatabases: flag },
  },
  listCollections: {
    required: { listCollections: any },
    optional: { filter: object, cursor, nameOnly: flag, authorizedCollections: flag },
  },
  create: {
    takes: 'writeConcern',
    required: { create: any },
    optional: {
      capped: off,
      autoIndexId: flag,
      idIndex: off,
      size: off,
      max: off,
      storageEngine: off,
      validator: emptyValidator,
      validationLevel: off,
      validationAction: off,
      indexOptionDefaults: off,
      viewOn: off,
      pipeline: off,
      collation,
      changeStreamPreAndPostImages: off,
      timeseries: off,
      clusteredIndex: off,
      expireAfterSeconds: off,
      encryptedFields: off,
      flags: off,
      temp: off,
    },
  },
  drop: { takes: 'writeConcern', required: { drop: any }, optional: {} },
  dropDatabase: { takes: 'writeConcern', required: { dropDatabase: any }, optional: {} },
  listIndexes: {
    required: { listIndexes: any },
    optional: { cursor, includeBuildUUIDs: off, includeIndexBuildInfo: off },
  },
  createIndexes: {
    takes: 'writeConcern',
    required: { createIndexes: any, indexes: objects },
    optional: { commitQuorum: any, ignoreUnknownIndexOptions: off },
  },
  dropIndexes: { takes: 'writeConcern', required: { dropIndexes: any, index: any }, optional: {} },
  collStats: { required: { collStats: any }, optional: { scale: whole(1) } },
  dbStats: { required: { dbStats: any }, optional: { scale: whole(1), freeStorage: flag } },
};

const INDEX = whole(0);

/**
 * The operations of bulkWrite. The first field of an operation has the name of the operation. The value of this field
 * is the index of the namespace.
 */
const BULK_OPERATIONS: Readonly<Record<string, Rules>> = {
  insert: { required: { insert: INDEX, document: object }, optional: {} },
  update: {
    required: { update: INDEX, filter: object, updateMods: update },
    optional: { ...UPDATE_OPTIONS, constants: off },
  },
  delete: { required: { delete: INDEX, filter: object }, optional: { multi: flag, collation, hint } },
};

function bulkOperations(value: unknown, path: string): void {
  batch(null)(value, path);
  for (const operation of value as readonly Document[]) {
    const [name = ''] = operation.keys();
    const rules = Object.hasOwn(BULK_OPERATIONS, name) ? BULK_OPERATIONS[name] : undefined;
    if (rules === undefined) {
      throw new CommandError('FailedToParse', `Unrecognized bulkWrite operation: '${name}'`);
    }
    check(operation, rules, path);
  }
}

function namespaces(value: unknown, path: string): void {
  objects(value, path);
  for (const one of value as readonly Document[]) {
    check(
      one,
      { required: { ns: text }, optional: { collectionUUID: off, encryptionInformation: off } },
      path,
    );
  }
}

function emptyValidator(value: unknown, path: string): void {
  object(value, path);
  if (isDocument(value) && value.size > 0) throw unsupported('NotImplemented', 'schema validation');
}

/** The generic options that every command accepts. */
const GENERIC: ReadonlySet<string> = new Set([
  '$db',
  'lsid',
  '$clusterTime',
  '$readPreference',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  'comment',
  'maxTimeMS',
  'readConcern',
  'writeConcern',
]);

const READ_LEVELS: ReadonlySet<unknown> = new Set([
  'local',
  'available',
  'majority',
  'linearizable',
  'snapshot',
]);
/**
 * The read concern levels that return the same result in the lab, because the replica set has only one member and
 * keeps all data in memory.
 */
const SAME_LEVELS: ReadonlySet<unknown> = new Set(['local', 'available', 'majority']);
const MAX_TIME = 2 ** 31 - 1;

/**
 * Checks the fields of a command before the command runs.
 *
 * @param isMember true if the server is in a replica set
 * @throws CommandError
 */
export function checkCommand(name: string, command: Document, isMember: boolean): void {
  checkTime(name, command.get('maxTimeMS'));
  const rules = Object.hasOwn(COMMAND_RULES, name) ? COMMAND_RULES[name] : undefined;
  if (rules === undefined) return;
  checkReadConcern(name, command.get('readConcern'), rules.takes === 'readConcern');
  if (rules.takes === 'writeConcern') checkWriteConcern(command.get('writeConcern'), isMember);
  else if (command.has('writeConcern')) {
    throw new CommandError('InvalidOptions', `Command ${name} does not support writeConcern`);
  }
  // The name of the first field can be an alias of the command. The rules contain only the command name.
  check(
    new Map([...command].map(([field, value], index) => [index === 0 ? name : field, value])),
    rules,
    name,
    (field) => GENERIC.has(field),
  );
}

function checkTime(name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  whole(Number.MIN_SAFE_INTEGER)(value, `${name}.maxTimeMS`);
  const time = Number(String(value));
  if (time < 0 || time > MAX_TIME) {
    throw new CommandError('BadValue', `${time} value for maxTimeMS is out of range [0, ${MAX_TIME}]`);
  }
}

function checkReadConcern(name: string, readConcern: unknown, isTaken: boolean): void {
  if (readConcern === undefined || readConcern === null) return;
  if (!isDocument(readConcern)) {
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'readConcern' is the wrong type '${typeOf(readConcern)}', expected type 'object'`,
    );
  }
  const level = readConcern.get('level') ?? 'local';
  if (typeof level !== 'string') {
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'readConcern.level' is the wrong type '${typeOf(level)}', expected type 'string'`,
    );
  }
  if (!READ_LEVELS.has(level)) {
    throw new CommandError(
      'BadValue',
      `Enumeration value '${level}' for field 'readConcern.level' is not a valid value.`,
    );
  }
  if (!isTaken && readConcern.size > 0) {
    throw new CommandError(
      'InvalidOptions',
      `Command ${name} does not support { readConcern: { level: "${level}" } }`,
    );
  }
  for (const field of readConcern.keys()) {
    if (['afterClusterTime', 'atClusterTime', 'afterOpTime'].includes(field)) {
      throw unsupported('NotImplemented', `the read concern option '${field}'`);
    }
    if (field !== 'level' && field !== 'provenance') {
      throw new CommandError('Location40415', `BSON field 'readConcern.${field}' is an unknown field.`);
    }
  }
  if (!SAME_LEVELS.has(level)) throw unsupported('NotImplemented', `the read concern level '${level}'`);
}
