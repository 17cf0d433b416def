import type { AtlasList } from '../ports/atlas.ts';

/**
 * The entries of a list that a question is about one of. An entry that cannot be read is passed over, unless it is the
 * very one that the question is about.
 *
 * @param isMeant whether the question is about the entry of this name
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
 * For a question that no entry answered: one that cannot be read may be the answer.
 *
 * @throws FedctlError atlas.answer-unreadable
 */
export function refuseUnreadable({ unreadable: [first] }: AtlasList<unknown>): void {
  if (first !== undefined) throw first.failure;
}
