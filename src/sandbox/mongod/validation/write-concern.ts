import type { TypedDocument } from '../bson-codec.ts';
import { CommandError, nameOfCode } from '../command-error.ts';
import { integer } from '../values/numbers.ts';
import { isDocument, isNumeric, typeOf } from '../values/types.ts';
import { any, check, flag, whole } from './rules.ts';

/** The maximum number of members in a replica set, as in mongod. */
const MAX_MEMBERS = 50n;

/**
 * Checks a write concern.
 *
 * @throws CommandError FailedToParse for an invalid `w`; BadValue if a standalone server cannot satisfy the write
 * concern
 */
export function checkWriteConcern(writeConcern: unknown, isMember: boolean): void {
  if (writeConcern === undefined || writeConcern === null) return;
  if (!isDocument(writeConcern)) {
    throw new CommandError(
      'TypeMismatch',
      `BSON field 'writeConcern' is the wrong type '${typeOf(writeConcern)}', expected type 'object'`,
    );
  }
  const optional = {
    w: any,
    j: flag,
    fsync: flag,
    wtimeout: whole(Number.MIN_SAFE_INTEGER),
    provenance: any,
  };
  check(writeConcern, { optional }, 'writeConcern');
  const w = writeConcern.get('w');
  if (w === undefined || w === 'majority') return;
  const members = isNumeric(w) ? integer(w) : null;
  if (typeof w !== 'string' && (members === null || members < 0n || members > MAX_MEMBERS)) {
    throw new CommandError(
      'FailedToParse',
      'w has to be a non-negative number and not greater than 50, or a string',
    );
  }
  if (isMember) return;
  if (typeof w === 'string') {
    throw new CommandError(
      'BadValue',
      `cannot use non-majority 'w' mode ${w} when a host is not a member of a replica set`,
    );
  }
  if (members !== null && members > 1n)
    throw new CommandError('BadValue', "cannot use 'w' > 1 when a host is not replicated");
}

/**
 * Returns the write concern error that a replica set with one member reports. Returns null if the command has no write
 * concern or if the write concern is satisfied.
 */
export function writeConcernError(writeConcern: unknown): TypedDocument | null {
  const w = isDocument(writeConcern) ? writeConcern.get('w') : undefined;
  if (typeof w === 'string' && w !== 'majority') {
    return failure(79, `No write concern mode named '${w}' found in replica set configuration`);
  }
  const members = isNumeric(w) ? integer(w) : null;
  return members !== null && members > 1n ? failure(100, 'Not enough data-bearing nodes') : null;
}

function failure(code: number, errmsg: string): TypedDocument {
  return { code, codeName: nameOfCode(code), errmsg };
}
