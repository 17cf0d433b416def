import { FedctlError } from '../../lib/core/errors.ts';

/** Creates the failure for an invalid value. */
export function invalid(field: string, expected: string): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message: `Invalid ${field}: expected ${expected}.`,
    details: { field, expected },
  });
}

/** Creates the failure for a name that does not exist in the lab. */
export function unknown(kind: string, name: string, known: readonly string[]): FedctlError {
  return new FedctlError('lab.unknown-name', {
    message: `The lab has no ${kind} "${name}".`,
    details: { kind, name, known },
  });
}
