import { describe, expect, test } from 'vitest';
import { entriesOf, refuseUnreadable } from '../../../src/lib/check/atlas-list.ts';
import { soonDeleted } from '../../../src/lib/check/temporary-entry.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import type { AtlasList } from '../../../src/lib/ports/atlas.ts';

const failure = new FedctlError('atlas.answer-unreadable', { message: 'No.' });
const list = (...names: readonly (string | null)[]): AtlasList<string> => ({
  entries: ['one'],
  unreadable: names.map((name) => ({ name, failure })),
});

describe('an entry that cannot be read', () => {
  test('is passed over where the question is about another', () => {
    expect(entriesOf(list('other', null), (name) => name === 'wanted')).toEqual(['one']);
  });

  test('is the answer where the question is about it', () => {
    expect(() => entriesOf(list('other', 'wanted'), (name) => name === 'wanted')).toThrow(failure);
  });

  test('may be what was not found', () => {
    expect(() => refuseUnreadable(list(null))).toThrow(failure);
    expect(() => refuseUnreadable(list())).not.toThrow();
  });
});

describe('a temporary entry', () => {
  const NOW = new Date('2026-11-22T12:00:00Z');
  const inOneMinute = new Date('2026-11-22T12:01:00Z');
  const warning = (at: Date | null, warnExpiryMs: number | null) =>
    soonDeleted('The database user', at, { warnExpiryMs }, NOW)?.message ?? null;

  test.each<[string, Date | null, number | null, string | null]>([
    [
      'is told when it is deleted soon',
      inOneMinute,
      60_000,
      'The database user is temporary: Atlas deletes it in 1 min, at 2026-11-22T12:01:00Z.',
    ],
    ['is not told when it stays longer', inOneMinute, 59_999, null],
    ['is not told where nobody asked', inOneMinute, null, null],
    ['is not told where there is none', null, 60_000, null],
  ])('%s', (_what, at, warnExpiryMs, expected) => {
    expect(warning(at, warnExpiryMs)).toBe(expected);
  });
});
