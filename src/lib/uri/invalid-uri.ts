import { type FailureFacts, FedctlError } from '../core/errors.ts';

/**
 * Returns the failure for an invalid connection string. The message must not contain a value, because any
 * value may be a secret.
 */
export function invalidUri(facts: FailureFacts): FedctlError {
  return new FedctlError('mongo.uri-invalid', facts);
}
