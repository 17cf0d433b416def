import type { LoginPlan } from '../lib/connection.ts';
import { FedctlError } from '../lib/errors.ts';

/**
 * What `--write-probe` names: `db.collection`; a collection's name may have dots itself.
 *
 * @throws FedctlError usage.invalid-value
 */
export function namespace(text: string): NonNullable<LoginPlan['writeProbe']> {
  const match = /^([^./\\ "$*<>:|?]{1,63})\.([^$]{1,120})$/.exec(text);
  const [, database, collection] = match ?? [];
  if (database === undefined || collection === undefined || collection.startsWith('system.')) {
    throw new FedctlError('usage.invalid-value', {
      message: '--write-probe is no namespace: expected <database>.<collection>.',
      details: { option: '--write-probe', expected: '<database>.<collection>' },
    });
  }
  return { database, collection };
}
