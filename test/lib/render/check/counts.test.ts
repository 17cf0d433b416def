import { expect, test } from 'vitest';
import { countChecks, countsText, shownMs } from '../../../../src/lib/render/check/counts.ts';
import { WRONG_AUDIENCE } from './reports.ts';

test('counts', () => {
  const [target] = WRONG_AUDIENCE.targets;
  expect(countChecks(target?.checks ?? [])).toEqual({ pass: 9, warn: 0, fail: 1, skip: 2 });
  expect(countsText({ pass: 1, warn: 2, fail: 3, skip: 4 })).toBe('1 passed, 2 warned, 3 failed, 4 skipped');
  expect(countsText({ pass: 0, warn: 0, fail: 0, skip: 0 })).toBe('nothing checked');
});

test('times', () => {
  expect([0, 0.4, 142, 9999, 10_000, 61_260].map(shownMs)).toEqual([
    '0 ms',
    '0 ms',
    '142 ms',
    '9999 ms',
    '10.0 s',
    '61.3 s',
  ]);
});
