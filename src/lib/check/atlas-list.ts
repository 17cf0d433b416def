import type { AtlasList } from '../ports/atlas.ts';

/**
 * Returns the readable entries of a list. Ignores an unreadable entry, unless the caller looks for this
 * entry.
 *
 * @param isMeant returns whether the caller looks for the entry with this name
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
 * Throws if the list has an unreadable entry. Must be called if no readable entry matches, because the
 * unreadable entry may be the required entry.
 *
 * @throws FedctlError atlas.answer-unreadable
 */
export function refuseUnreadable({ unreadable: [first] }: AtlasList<unknown>): void {
  if (first !== undefined) throw first.failure;
}
