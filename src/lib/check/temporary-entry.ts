import { formatDuration } from '../core/duration.ts';
import { rfc3339 } from '../core/time.ts';
import type { Caution } from './outcome.ts';
import type { CheckOptions } from './world.ts';

/**
 * Warns if Atlas will soon delete a temporary database user or access list entry, within the period that
 * `--warn-expiry` specifies.
 *
 * @param what the start of the message, such as `The database user`
 * @returns null if Atlas will delete the user or entry later or never, or if `--warn-expiry` is not set
 */
export function soonDeleted(
  what: string,
  at: Date | null,
  { warnExpiryMs }: Pick<CheckOptions, 'warnExpiryMs'>,
  now: Date,
): Caution | null {
  if (at === null || warnExpiryMs === null) return null;
  const left = at.getTime() - now.getTime();
  if (left > warnExpiryMs) return null;
  return {
    code: null,
    message: `${what} is temporary: Atlas deletes it in ${formatDuration(Math.max(0, left) / 1000)}, at ${rfc3339(at)}.`,
    remedy: 'In Atlas, extend or remove the expiration.',
  };
}
