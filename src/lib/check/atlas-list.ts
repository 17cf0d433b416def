import type { AtlasList } from '../ports/atlas.ts';

/**
 * Returns the readable entries of a list. Ignores unreadable entries, except those that the caller looks for.
 *
 * @param isMeant returns true for the name of an entry that the caller looks for
 * @throws FedctlError atlas.answer-unreadable if an entry that the caller looks for is unreadable
 */
export function entriesOf<T>(
  { entries, unreadable }: AtlasList<T>,
  isMeant: (name: string) => boolean,
): readonly T[] {
  const meant = unreadable.find(({ name }) => name !== null && isMeant(name));
  if (meant !== undefined) throw meant.failure;
  return entries;
}

/**
 * Throws if the list has an unreadable entry. Called when no readable entry matched: the unreadable entry may
 * be the missing match.
 *
 * @throws FedctlError atlas.answer-unreadable
 */
export function refuseUnreadable({ unreadable: [first] }: AtlasList<unknown>): void {
  if (first !== undefined) throw first.failure;
}
