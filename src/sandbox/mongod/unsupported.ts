import { type CodeName, CommandError } from './command-error.ts';

/** The error for a feature that mongod supports and the lab does not. The lab logs the feature. */
export class UnsupportedError extends CommandError {}

/** @param what the name of the unsupported operation, or a noun phrase: `$bucket`, `a collation` */
export function unsupported(codeName: CodeName, what: string): UnsupportedError {
  return new UnsupportedError(codeName, `The lab does not support ${what}.`);
}
