import { type CodeName, CommandError } from './command-error.ts';

/** What a mongod supports and the lab does not. The log of the lab names it. */
export class UnsupportedError extends CommandError {}

/** @param what the name of the operation, or a noun phrase: `$bucket`, `a collation` */
export function unsupported(codeName: CodeName, what: string): UnsupportedError {
  return new UnsupportedError(codeName, `The lab does not support ${what}.`);
}
