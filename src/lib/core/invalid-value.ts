import type { Flag } from './command-line.ts';
import { type FailureFacts, FedctlError, isFedctlError } from './errors.ts';

/** What is wrong with the value of an option. */
type InvalidValue = Omit<Partial<FailureFacts>, 'option'> & {
  /** The value, to be repeated; left out where it may be a secret. */
  readonly value?: string;
  /** What follows `expected` in the message. Not needed where `message` says it. */
  readonly expected?: string;
};

/**
 * Makes the failure of an option whose value is invalid. It names the flag: who reads options knows where the value came
 * from and names that instead (`namingSource`).
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

/** Reads the value of an option: a failure on the way is one of that option, unless it is one of another. */
export function readingOption<T>(option: Flag, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw ofOption(option, error);
  }
}

/** A failure, as one of this option. Everything else stays as it is. */
export function ofOption(option: Flag, error: unknown): unknown {
  return isFedctlError(error) && error.option === null ? error.with({ option }) : error;
}
