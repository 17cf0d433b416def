import { readPrivilege } from '../lib/config/value-faults.ts';
import type { CheckTarget } from '../lib/core/check-target.ts';
import { FedctlError } from '../lib/core/errors.ts';

/**
 * What `--privilege` names: an action of MongoDB on a database, or on one of its collections: `insert@app.visits`.
 *
 * @throws FedctlError usage.invalid-value
 */
export function privilege(text: string): CheckTarget['privileges'][number] {
  const read = readPrivilege(text);
  if (read !== null) return read;
  throw new FedctlError('usage.invalid-value', {
    message: `--privilege cannot be "${text}": expected <action>@<database> or <action>@<database>.<collection>.`,
    remedy: 'Write it like insert@app.visits or insert@app.',
    details: { option: '--privilege' },
  });
}
