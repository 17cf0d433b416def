import { FedctlError } from '../lib/core/errors.ts';
import { readNamespace } from '../lib/core/namespace.ts';
import type { LoginPlan } from '../lib/ports/mongo.ts';

/**
 * What `--write-probe` names.
 *
 * @throws FedctlError usage.invalid-value
 */
export function namespace(text: string): NonNullable<LoginPlan['writeProbe']> {
  const found = readNamespace(text);
  if (found !== null) return found;
  throw new FedctlError('usage.invalid-value', {
    message: '--write-probe is no namespace: expected <database>.<collection>.',
    details: { option: '--write-probe', expected: '<database>.<collection>' },
  });
}
