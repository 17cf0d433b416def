import { type FedctlError, isFedctlError } from '../../src/lib/core/errors.ts';

/** Returns the FedctlError that a call throws. Rethrows any other error. */
export function failureOf(work: () => unknown): FedctlError {
  try {
    work();
  } catch (error) {
    return failureIn(error);
  }
  throw new Error('expected a failure of fedctl');
}

/** Returns the FedctlError that a promise is rejected with. */
export async function rejectionOf(work: Promise<unknown>): Promise<FedctlError> {
  return failureIn(
    await work.then(
      () => null,
      (reason: unknown) => reason,
    ),
  );
}

function failureIn(error: unknown): FedctlError {
  if (isFedctlError(error)) return error;
  throw new Error('expected a failure of fedctl', { cause: error });
}
