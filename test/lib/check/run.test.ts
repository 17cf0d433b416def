import { describe, expect, test } from 'vitest';
import { type Check, check } from '../../../src/lib/check/check.ts';
import { fail, pass, warn } from '../../../src/lib/check/outcome.ts';
import { type CheckPlan, type CheckRequest, planCheck, runCheck } from '../../../src/lib/check/run.ts';
import { selectChecks } from '../../../src/lib/check/selection.ts';
import type { World } from '../../../src/lib/check/world.ts';
import type { CheckEvent } from '../../../src/lib/core/check-run.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { checkRequest } from '../../support/check-request.ts';
import { target } from '../../support/check-target.ts';
import { type FakeClock, fakeClock } from '../../support/fake-clock.ts';
import { memoryContext } from '../../support/memory-context.ts';

const DOWN = new FedctlError('aws.unreachable', { message: 'It is down.' });

/** What ends; what begins is for those who watch. */
type EndEvent = Exclude<CheckEvent, { kind: 'begin' | 'token' }>;

const CONTEXT = { env: {}, pid: 1 };

function toy(id: string, run: Check['run'], sharedBy?: Check['sharedBy']): Check {
  return check<unknown>({
    id,
    title: `${id} holds`,
    link: 'sts',
    needs: [],
    run,
    ...(sharedBy === undefined ? {} : { sharedBy }),
  });
}

/** A plan with checks of the test's own. */
function planOf(checks: readonly Check[], changes: Partial<CheckRequest> = {}): CheckPlan {
  return { ...planCheck(CONTEXT, checkRequest(changes)), selection: selectChecks(checks, [], []) };
}

async function run(
  checks: readonly Check[],
  changes: Partial<CheckRequest> = {},
  clock: FakeClock = fakeClock(),
) {
  const events: EndEvent[] = [];
  const context = memoryContext({ now: clock.now, sleep: clock.sleep, version: '1.2.3' });
  const report = await runCheck(context, planOf(checks, changes), (event) => {
    if (event.kind !== 'begin' && event.kind !== 'token') events.push(event);
  });
  return { report, events, slept: clock.slept, told: events.map(eventText) };
}

function eventText(event: EndEvent): string {
  switch (event.kind) {
    case 'check':
      return `${event.target} ${event.attempt}: ${event.result.id} ${event.result.status}`;
    case 'again':
      return `${event.target} ${event.attempt}: again in ${event.pauseMs}, because ${event.failed.id}`;
    case 'target':
      return `${event.report.name}: ${event.report.ok ? 'well' : 'unwell'} after ${event.report.attempts}`;
  }
}

const named = (...names: readonly string[]) => names.map((name) => target({ name }));

/** Fails as often as it says, in each target, and takes so long. */
function failing(times: number, clock?: FakeClock, ms = 0): Check {
  const left = new Map<string, number>();
  return toy('a.b', async ({ target: { name } }) => {
    clock?.pass(ms);
    const still = left.get(name) ?? times;
    left.set(name, still - 1);
    return still > 0 ? fail(DOWN) : pass(null, null);
  });
}

describe('a run', () => {
  test('comes to a report of every target, in the order in which they were named', async () => {
    const clock = fakeClock();
    const slow = toy('a.b', async ({ target: { name } }) => {
      clock.pass(10);
      return name === 'bad' ? fail(DOWN) : pass(null, null);
    });
    const { report, told } = await run([slow], { targets: named('bad', 'good'), concurrency: 1 }, clock);
    expect(told).toEqual([
      'bad 1: a.b fail',
      'bad: unwell after 1',
      'good 1: a.b pass',
      'good: well after 1',
    ]);
    expect(report).toEqual({
      ok: false,
      version: '1.2.3',
      startedAt: new Date('2026-11-22T12:00:00Z'),
      ms: 20,
      targets: [
        expect.objectContaining({
          name: 'bad',
          uri: null,
          ok: false,
          firstFailure: 'a.b',
          attempts: 1,
          ms: 10,
        }),
        expect.objectContaining({
          name: 'good',
          uri: null,
          ok: true,
          firstFailure: null,
          attempts: 1,
          ms: 10,
        }),
      ],
    });
  });

  test('is well with warnings, unless they are to count', async () => {
    const warning = toy('a.b', async () => warn({ code: null, message: 'Hm.', remedy: null }, null));
    expect((await run([warning])).report).toMatchObject({ ok: true, targets: [{ firstFailure: null }] });
    const strict = await run([warning], { failOn: 'warn', retries: 1 });
    expect(strict.report).toMatchObject({ ok: false, targets: [{ ok: false, firstFailure: null }] });
    expect(strict.told[1]).toBe('default 1: again in 1000, because a.b');
  });

  test('of nothing is well', async () => {
    expect((await run([], { targets: [] })).report).toMatchObject({ ok: true, targets: [] });
  });

  test('looks at no more targets at once than it may', async () => {
    let under = 0;
    let most = 0;
    const busy = toy('a.b', async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      return pass(null, null);
    });
    const targets = named(...'abcdefghij');
    expect((await run([busy], { targets, concurrency: 3 })).report.targets).toHaveLength(10);
    expect(most).toBe(3);
    await run([busy], { targets, concurrency: 100 });
    expect(most).toBe(10);
  });

  test('that is interrupted ends with the reason, also between attempts', async () => {
    const stop = new AbortController();
    const reason = new Interruption('terminated');
    const context = memoryContext({
      signal: stop.signal,
      sleep: async () => {
        stop.abort(reason);
        throw reason;
      },
    });
    await expect(runCheck(context, planOf([failing(9)], { retries: 5 }), () => {})).rejects.toBe(reason);
  });
});

describe('checking again', () => {
  test('looks at those alone that were unwell, until they are well', async () => {
    let first = true;
    const flaky = toy('a.b', async ({ target: { name } }) => {
      if (name !== 'bad' || !first) return pass(null, null);
      first = false;
      return fail(DOWN);
    });
    const { told, slept, report } = await run([flaky], { targets: named('good', 'bad'), retries: 5 });
    expect(told.filter((line) => !line.includes(': a.b'))).toEqual([
      'good: well after 1',
      'bad 1: again in 1000, because a.b',
      'bad: well after 2',
    ]);
    expect(slept).toEqual([1000]);
    expect(report.targets.map(({ name, attempts }) => `${name} ${attempts}`)).toEqual(['good 1', 'bad 2']);
  });

  test('pauses twice as long each time, up to ten seconds', async () => {
    const { slept, report } = await run([failing(99)], { retries: 7 });
    expect(slept).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    expect(report.targets[0]?.attempts).toBe(8);
  });

  test('waits no longer than it may, and tries once more at the very end', async () => {
    const { slept, report } = await run([failing(99)], { waitMs: 20_000 });
    expect(slept).toEqual([1000, 2000, 4000, 8000, 5000]);
    expect(report).toMatchObject({ ok: false, ms: 20_000, targets: [{ attempts: 6 }] });
  });

  test('counts what the attempts themselves take', async () => {
    const clock = fakeClock();
    const { slept, report } = await run([failing(99, clock, 15_000)], { waitMs: 30_000 }, clock);
    // 15 s, a pause of 1 s, 15 s: that is more than 30 s, and no time to try again.
    expect(slept).toEqual([1000]);
    expect(report).toMatchObject({ ms: 31_000, targets: [{ attempts: 2 }] });
  });

  test('goes by whichever of retries and wait lasts longer', async () => {
    expect((await run([failing(99)], { retries: 6, waitMs: 2000 })).report.targets[0]?.attempts).toBe(7);
    expect((await run([failing(99)], { retries: 1, waitMs: 20_000 })).report.targets[0]?.attempts).toBe(6);
  });
});

describe('what targets have in common', () => {
  function counted(times: number) {
    let asked = 0;
    const shared = toy(
      'a.b',
      async () => {
        asked += 1;
        return asked <= times ? fail(DOWN) : pass(null, asked);
      },
      (world: World) => world.target.audience,
    );
    return { shared, asked: () => asked };
  }

  test('is found out once for all that agree', async () => {
    const { shared, asked } = counted(0);
    const targets = Array.from({ length: 100 }, (_, index) =>
      target({ name: String(index), audience: `a${index % 10}` }),
    );
    expect((await run([shared], { targets })).report.ok).toBe(true);
    expect(asked()).toBe(10);
  });

  test('is found out anew in each attempt: a failure is not carried over', async () => {
    const { shared, asked } = counted(1);
    const targets = named('a', 'b').map((each) => ({ ...each, audience: 'x' }));
    const { report } = await run([shared], { targets, retries: 1 });
    expect(report.targets.map(({ ok, attempts }) => [ok, attempts])).toEqual([
      [true, 2],
      [true, 2],
    ]);
    expect(asked()).toBe(2);
  });
});

describe('planning', () => {
  test('says which of several targets cannot be checked', () => {
    const bad = target({ name: 'bad', api: 'http://api.example.com/' });
    const plan = (targets: CheckRequest['targets']) => () => planCheck(CONTEXT, checkRequest({ targets }));
    expect(plan([target(), bad])).toThrow(
      expect.objectContaining({
        code: 'net.plaintext-refused',
        message: expect.stringMatching(/^Target "bad": /),
        details: expect.objectContaining({ target: 'bad' }),
      }),
    );
    expect(plan([bad])).toThrow(expect.not.objectContaining({ message: expect.stringMatching(/^Target/) }));
  });
});
