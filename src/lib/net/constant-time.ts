import { createHash, timingSafeEqual } from 'node:crypto';

/** Compares two texts. The time for the comparison depends only on the lengths of the texts. */
export function equalInConstantTime(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}
