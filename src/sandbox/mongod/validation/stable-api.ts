import type { Document } from '../bson-codec.ts';
import { CommandError } from '../command-error.ts';
import { isTrue } from '../query/expressions/conditions.ts';
import { isDocument, typeOf } from '../values/types.ts';

/** The commands in Stable API version 1: https://www.mongodb.com/docs/manual/reference/stable-api/ */
const VERSION_1: ReadonlySet<string> = new Set([
  'abortTransaction',
  'aggregate',
  'authenticate',
  'bulkWrite',
  'collMod',
  'commitTransaction',
  'count',
  'create',
  'createIndexes',
  'delete',
  'drop',
  'dropDatabase',
  'dropIndexes',
  'endSessions',
  'explain',
  'find',
  'findAndModify',
  'getMore',
  'hello',
  'insert',
  'killCursors',
  'listCollections',
  'listDatabases',
  'listIndexes',
  'ping',
  'refreshSessions',
  'saslContinue',
  'saslStart',
  'update',
]);

/** The command options that Stable API version 1 does not contain. */
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  find: [
    'awaitData',
    'max',
    'min',
    'noCursorTimeout',
    'oplogReplay',
    'returnKey',
    'showRecordId',
    'tailable',
  ],
  create: ['autoIndexId', 'capped', 'indexOptionDefaults', 'max', 'size', 'storageEngine'],
};
const INDEX_OUTSIDE = ['background', 'bucketSize', 'sparse', 'storageEngine'];

/** Checks the Stable API parameters of a command. @throws CommandError APIVersionError, APIStrictError */
export function checkStableApi(name: string, command: Document): void {
  const version = command.get('apiVersion');
  const isStrict = isTrue(command.get('apiStrict'));
  if (version === undefined) {
    if (command.has('apiStrict') || command.has('apiDeprecationErrors')) {
      throw new CommandError(
        'APIVersionError',
        'Provide apiVersion when passing either apiStrict or apiDeprecationErrors',
      );
    }
    return;
  }
  if (typeof version !== 'string') {
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'apiVersion' is the wrong type '${typeOf(version)}', expected type 'string'`,
    );
  }
  if (version !== '1') throw new CommandError('APIVersionError', 'API version must be "1"');
  if (!isStrict) return;
  if (!VERSION_1.has(name)) {
    throw new CommandError(
      'APIStrictError',
      `Provided apiStrict:true, but the command ${name} is not in API Version 1`,
    );
  }
  const option = OUTSIDE[name]?.find((field) => command.has(field));
  if (option !== undefined) throw outside(`${name}.${option}`);
  const indexes = command.get('indexes');
  for (const index of Array.isArray(indexes) ? indexes.filter(isDocument) : []) {
    const field = INDEX_OUTSIDE.find((candidate) => index.has(candidate));
    if (field !== undefined) throw outside(`createIndexes.indexes.${field}`);
  }
  const pipeline = command.get('pipeline');
  const [first] = Array.isArray(pipeline) ? pipeline : [];
  const stats = isDocument(first) ? first.get('$collStats') : undefined;
  if (isDocument(stats) && [...stats.keys()].some((field) => field !== 'count')) throw outside('$collStats');
}

function outside(what: string): CommandError {
  return new CommandError('APIStrictError', `BSON field '${what}' is not allowed with apiStrict:true.`);
}
