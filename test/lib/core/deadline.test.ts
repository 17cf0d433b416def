import { execFileSync } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { bounded, deadline, timedOut, underEither, within } from '../../../src/lib/core/deadline.ts';

describe('a deadline', () => {
  test('fires when the time is over, also when garbage was collected in between', () => {
    // In a process of its own: a test runner holds on to more than a program does.
    const program = `
      import { setTimeout as delay } from 'node:timers/promises';
      import { bounded, deadline, timedOut } from ${JSON.stringify(new URL('../../../dist/lib/core/deadline.js', import.meta.url))};
      const { signal } = new AbortController();
      let fired = 0;
      for (let count = 0; count < 20; count += 1) {
        const bounded = deadline(signal, 100);
        bounded.addEventListener('abort', () => { if (timedOut(bounded)) fired += 1; });
      }
      gc();
      await delay(5);
      gc();
      await delay(300);
      console.log(fired);`;
    const told = execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    expect(told).toBe('20\n');
  });

  test('fires with the very reason of the signal, whether that fires later or has fired', () => {
    const outer = new AbortController();
    const later = deadline(outer.signal, 60_000);
    const reason = new Error('Ctrl-C');
    outer.abort(reason);
    expect([later.reason, timedOut(later)]).toEqual([reason, false]);
    expect(deadline(outer.signal, 60_000).reason).toBe(reason);
  });
});

describe('bounded work', () => {
  const { signal } = new AbortController();

  test('that ends in time leaves nothing behind in the signal', async () => {
    expect(await bounded(signal, 60_000, async (bound) => bound.aborted)).toBe(false);
    await expect(bounded(signal, 60_000, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('is told when its time is over', async () => {
    const told = bounded(
      signal,
      5,
      (bound) => new Promise((resolve) => bound.addEventListener('abort', () => resolve(timedOut(bound)))),
    );
    expect(await told).toBe(true);
  });
});

test('many steps that follow one signal are one listener to it, and all of them stop', async () => {
  const outer = new AbortController();
  const bounds = Array.from({ length: 20 }, () => deadline(outer.signal, 60_000));
  const waits = Array.from({ length: 20 }, () => within(outer.signal, new Promise(() => {})));
  await within(outer.signal, Promise.resolve());
  expect(getEventListeners(outer.signal, 'abort')).toHaveLength(1);
  const reason = new Error('Ctrl-C');
  outer.abort(reason);
  expect(bounds.map((bound) => bound.reason)).toEqual(Array.from({ length: 20 }, () => reason));
  expect((await Promise.allSettled(waits)).map((wait) => wait.status)).toEqual(
    Array.from({ length: 20 }, () => 'rejected'),
  );
});

describe('work under either of two signals', () => {
  test.each([0, 1])('stops with signal %i, and leaves no listener behind', async (index) => {
    const stops = [new AbortController(), new AbortController()] as const;
    const reason = new Error('Ctrl-C');
    const work = underEither(stops[0].signal, stops[1].signal, (either) =>
      within(either, new Promise(() => {})),
    );
    stops[index]?.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(stops.map(({ signal }) => getEventListeners(signal, 'abort').length)).toEqual([0, 0]);
  });

  test('starts stopped where one has fired', async () => {
    const reason = new Error('Ctrl-C');
    const seen = await underEither(
      AbortSignal.abort(reason),
      new AbortController().signal,
      async (either) => either.reason,
    );
    expect(seen).toBe(reason);
  });

  test('that ends by itself leaves no listener behind', async () => {
    const { signal } = new AbortController();
    expect(await underEither(signal, new AbortController().signal, async () => 'done')).toBe('done');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});
