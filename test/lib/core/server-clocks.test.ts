import { describe, expect, test } from 'vitest';
import { ServerClocks } from '../../../src/lib/core/server-clocks.ts';
import { response } from '../../support/fetch.ts';

const NOON = Date.parse('2026-11-22T12:00:00Z');

/** Clocks with a local clock that the test sets, in milliseconds after noon. */
function clocksAt() {
  let local = 0;
  const clocks = new ServerClocks(() => new Date(NOON + local));
  /** One exchange with sts.test; `theirs` is the time of the server in seconds after noon. */
  const exchange = (sent: number, received: number, theirs: number) => {
    local = sent;
    const arrive = clocks.start('sts.test');
    local = received;
    arrive(new Date(NOON + theirs * 1000).toUTCString());
    return clocks.aheadSeconds('sts.test');
  };
  return { clocks, exchange };
}

describe('the clock of a server', () => {
  test.each([
    ['agrees', 0, 1000, 0, 0],
    ['is ahead', 0, 1000, 60, 60],
    ['is behind', 0, 1000, -60, -60],
    ['is compared with the middle of the exchange', 0, 8000, 4, 1],
  ])('%s', (_what, sent, received, theirs, ahead) => {
    expect(clocksAt().exchange(sent, received, theirs)).toBe(ahead);
  });

  test('is read from the shortest exchange', () => {
    const { exchange } = clocksAt();
    expect(exchange(0, 9000, 9)).toBe(5);
    expect(exchange(10_000, 10_100, 10)).toBe(0);
    expect(exchange(20_000, 29_000, 29)).toBe(0);
  });

  test('is not read from an exchange during which the local clock was set back, if there is another', () => {
    const { exchange } = clocksAt();
    expect(exchange(600_000, 0, 0)).toBe(-299);
    expect(exchange(1000, 1100, 1)).toBe(0);
    expect(exchange(600_000, 0, 0)).toBe(0);
  });

  test.each([undefined, '', 'yesterday'])('is unknown without a valid Date: %s', (date) => {
    const { clocks, exchange } = clocksAt();
    clocks.start('sts.test')(date);
    expect(clocks.aheadSeconds('sts.test')).toBeNull();
    exchange(0, 1000, 60);
    clocks.start('sts.test')(date);
    expect(clocks.aheadSeconds('sts.test')).toBe(60);
  });

  test('is that of one host and port, until it is forgotten', () => {
    const { clocks, exchange } = clocksAt();
    exchange(0, 1000, 60);
    expect(clocks.aheadSeconds('sts.test:8443')).toBeNull();
    clocks.forget();
    expect(clocks.aheadSeconds('sts.test')).toBeNull();
  });

  test('is recorded by fetch, which is otherwise unchanged', async () => {
    const { clocks } = clocksAt();
    const date = new Date(NOON + 60_000).toUTCString();
    const answer = response(403, 'no', { date });
    const request = { maxBytes: 1, signal: new AbortController().signal };
    const fetch = clocks.recording(async (url, given) => {
      expect([url.href, given]).toEqual(['https://sts.test/path', request]);
      return answer;
    });
    expect(await fetch(new URL('https://sts.test:443/path'), request)).toBe(answer);
    expect(clocks.aheadSeconds('sts.test')).toBe(61);
  });
});
