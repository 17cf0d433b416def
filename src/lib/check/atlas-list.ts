import type { AtlasList } from '../ports/atlas.ts';

/**
 * Returns the readable entries of a list. An unreadable entry is ignored, unless the question is about that
 * entry.
 *
 * @param isMeant whether the question is about the entry with this name
 * @throws FedctlError atlas.answer-unreadable
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
 * Throws when no entry matched and the list has an unreadable entry, which may be the one.
 *
 * @throws FedctlError atlas.answer-unreadable
 */
export function refuseUnreadable({ unreadable: [first] }: AtlasList<unknown>): void {
  if (first !== undefined) throw first.failure;
}
