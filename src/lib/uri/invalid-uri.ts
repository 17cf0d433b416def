import { type FailureFacts, FedctlError } from '../core/errors.ts';

/** A connection string that cannot be used. The message never repeats a value of it: any may be a secret. */
export function invalidUri(facts: FailureFacts): FedctlError {
  return new FedctlError('mongo.uri-invalid', facts);
}
