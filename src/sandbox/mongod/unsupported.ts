import { type CodeName, CommandError } from './command-error.ts';

/** The error for a feature that mongod supports but the lab does not. The lab logs such errors. */
export class UnsupportedError extends CommandError {}

/**
 * Creates the error for an unsupported feature.
 *
 * @param what the name of an operation or a noun phrase, for example `$bucket` or `collations`
 */
export function unsupported(codeName: CodeName, what: string): UnsupportedError {
  return new UnsupportedError(codeName, `The lab does not support ${what}.`);
}
