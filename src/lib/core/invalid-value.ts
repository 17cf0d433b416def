import type { Flag } from './command-line.ts';
import { type FailureFacts, FedctlError, isFedctlError } from './errors.ts';

/** An invalid option value, with additional facts for the failure. */
type InvalidValue = Omit<Partial<FailureFacts>, 'option'> & {
  /** The value to show in the message. Omitted if the value may be a secret. */
  readonly value?: string;
  /** The text after `expected` in the message. Not needed if `message` is given. */
  readonly expected?: string;
};

/**
 * Returns the failure for an option with an invalid value. The message contains the option. If the value
 * comes from a variable or a file, `namingSource` replaces the option in the message.
 */
export function invalidValue(option: Flag, { value, expected, ...facts }: InvalidValue): FedctlError {
  const what = value === undefined ? `Invalid ${option}` : `Invalid ${option} "${value}"`;
  return new FedctlError('usage.invalid-value', {
    message: `${what}: expected ${expected}.`,
    ...facts,
    option,
    details: { ...(expected === undefined ? {} : { expected }), ...facts.details },
  });
}

/** Runs `read`. If `read` throws a failure that names no option, adds `option` to the failure. */
export function readingOption<T>(option: Flag, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw ofOption(option, error);
  }
}

/** Adds `option` to a failure that names no option. Returns other errors unchanged. */
export function ofOption(option: Flag, error: unknown): unknown {
  return isFedctlError(error) && error.option === null ? error.with({ option }) : error;
}
