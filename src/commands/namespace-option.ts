import type { LoginPlan } from '../lib/connection.ts';
import { FedctlError } from '../lib/errors.ts';
import { readNamespace } from '../lib/namespace.ts';

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
