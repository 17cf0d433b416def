import { FedctlError } from '../../lib/core/errors.ts';

/** A value that the lab cannot take. */
export function invalid(field: string, expected: string): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message: `Invalid ${field}: it must be ${expected}.`,
    details: { field, expected },
  });
}

/** A name that nothing in the lab has. */
export function unknown(kind: string, name: string, known: readonly string[]): FedctlError {
  return new FedctlError('lab.unknown-name', {
    message: `The lab has no ${kind} "${name}".`,
    details: { kind, name, known },
  });
}
