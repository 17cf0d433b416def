import type { Flag } from './command-line.ts';
import { type FailureFacts, FedctlError, isFedctlError } from './errors.ts';

/** What is wrong with the value of an option. */
type InvalidValue = Omit<Partial<FailureFacts>, 'option'> & {
  /** The value to repeat in the message. Omitted when it may be a secret. */
  readonly value?: string;
  /** The text after `expected` in the message. Not needed when `message` says it. */
  readonly expected?: string;
};

/**
 * Creates the failure for an option with an invalid value. It names the option. The code that reads options
 * knows the source of the value and names that instead (`namingSource`).
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

/** Runs `read` and attributes its failure to this option, unless the failure already names another option. */
export function readingOption<T>(option: Flag, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw ofOption(option, error);
  }
}

/** Returns the failure attributed to this option. Everything else stays the same. */
export function ofOption(option: Flag, error: unknown): unknown {
  return isFedctlError(error) && error.option === null ? error.with({ option }) : error;
}
