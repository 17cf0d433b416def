import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keepFresh, type Output, type OutputEvent } from '../../../src/lib/auth/keep-fresh.ts';
import { tokenFileOutput } from '../../../src/lib/auth/outputs.ts';
import { FedctlError, isFedctlError } from '../../../src/lib/core/errors.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { TokenSource } from '../../../src/lib/core/token.ts';

const START = Date.parse('2026-11-22T12:00:00Z');
const HOUR = 3_600_000;

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
  path = join(directory, 'token');
});

afterEach(() => rmSync(directory, { recursive: true }));

/** What a reader finds: seconds that the token has left, or null for no file. Anything else is a broken token. */
function found(now: number): number | null {
  if (!existsSync(path)) return null;
  const match = /^header\.(\d+)\.end$/.exec(readFileSync(path, 'utf8'));
  if (match === null) throw new Error('a reader found a broken token');
  return (Number(match[1]) - now) / 1000;
}

interface Outage {
  /** Seconds from the start. */
  readonly from: number;
  readonly to: number;
  readonly code: 'aws.timeout' | 'sts.mint-denied';
}

/** Two hours in simulated time with a reader in every second: nothing waits, only the clock moves. */
async function twoHours(lifeSeconds: number, outages: readonly Outage[] = [], random = 0.5) {
  let time = START;
  const stop = new AbortController();
  const events: { at: number; event: OutputEvent }[] = [];
  const minted: number[] = [];
  const asked: number[] = [];
  const left: (number | null)[] = [];
  const second = () => (time - START) / 1000;
  const source: TokenSource = {
    async get() {
      asked.push(second());
      const outage = outages.find(({ from, to }) => second() >= from && second() < to);
      if (outage !== undefined) throw new FedctlError(outage.code, { message: 'No answer.' });
      minted.push(second());
      const expiresAt = time + lifeSeconds * 1000;
      return {
        token: new Secret(`header.${expiresAt}.end`),
        issuer: 'i',
        subject: 's',
        audience: ['a'],
        algorithm: 'RS256',
        keyId: null,
        tokenId: null,
        issuedAt: new Date(time),
        expiresAt: new Date(expiresAt),
      };
    },
  };
  await keepFresh(tokenFileOutput(source, path), null, {
    now: () => new Date(time),
    random: () => random,
    signal: stop.signal,
    tell: (event) => events.push({ at: second(), event }),
    async sleep(ms) {
      for (const end = time + ms; time < end; ) {
        time = Math.min(end, time + 1000);
        left.push(found(time));
        if (time - START >= 2 * HOUR) return stop.abort();
      }
    },
  });
  return { minted, asked, left, events };
}

describe('a token file over two hours', () => {
  test.each([60, 300, 900, 3600])(
    'with tokens of %i s never shows an expired, empty or broken one',
    async (life) => {
      for (const random of life === 900 ? [0, 0.999] : [0.5]) {
        const { left, minted, events } = await twoHours(life, [], random);
        expect(left.length).toBeGreaterThanOrEqual(7200);
        expect(left.every((seconds) => seconds !== null && seconds >= life * 0.49)).toBe(true);
        expect(events.every(({ event }) => event.kind === 'renewed')).toBe(true);
        // At half of the life, and up to a tenth of it earlier.
        const pause = 7200 / minted.length;
        expect(pause).toBeGreaterThan(life * 0.39);
      }
    },
  );

  test('that STS does not renew for a while shows the last good token', async () => {
    const { left, events } = await twoHours(300, [{ from: 1000, to: 1120, code: 'aws.timeout' }]);
    expect(left.every((seconds) => seconds !== null && seconds > 0)).toBe(true);
    const told = events
      .map(({ event }) => event)
      .filter((event) => event.kind !== 'renewed' || event.recovered);
    expect(told.map((event) => event.kind)).toEqual(['failed', 'renewed']);
  });

  test('that STS does not renew for too long is gone, and comes back', async () => {
    const { left, events, asked } = await twoHours(300, [
      { from: 1000, to: 2000, code: 'aws.timeout' },
      { from: 2000, to: 3000, code: 'sts.mint-denied' },
    ]);
    expect(left.filter((seconds) => seconds !== null && seconds <= 0)).toEqual([]);
    expect(left.filter((seconds) => seconds === null).length).toBeGreaterThan(1500);
    expect(left.at(-1)).toBeGreaterThan(140);
    const told = events
      .map(({ event }) => event)
      .filter((event) => event.kind !== 'renewed' || event.recovered);
    expect(
      told.map((event) =>
        event.kind === 'failed' && isFedctlError(event.error) ? event.error.code : event.kind,
      ),
    ).toEqual(['aws.timeout', 'expired', 'sts.mint-denied', 'renewed']);
    // The pauses grow to a minute at most.
    const during = asked.filter((at) => at > 1200 && at < 3000);
    expect(during.length).toBeGreaterThan(28);
    expect(during.length).toBeLessThan(70);
  });

  test('that cannot be made at first is made as soon as STS responds', async () => {
    const { left, events } = await twoHours(300, [{ from: 0, to: 90, code: 'aws.timeout' }]);
    expect(events[0]?.event).toMatchObject({ kind: 'failed', until: null });
    expect(left.indexOf(left.find((seconds) => seconds !== null) ?? 0)).toBeLessThan(160);
  });
});

describe('what keeps an output fresh', () => {
  const life = (from: number, seconds: number) => ({
    issuedAt: new Date(from),
    expiresAt: new Date(from + seconds * 1000),
  });

  test('notices after at most ten seconds that the machine was suspended', async () => {
    let time = START;
    const stop = new AbortController();
    const renewedAt: number[] = [];
    const output: Output = {
      name: 'x',
      async renew() {
        renewedAt.push((time - START) / 1000);
        if (renewedAt.length === 2) stop.abort();
        return life(time, 300);
      },
      withdraw: async () => {},
    };
    let sleeps = 0;
    await keepFresh(output, null, {
      now: () => new Date(time),
      random: () => 0,
      signal: stop.signal,
      tell: () => {},
      async sleep(ms) {
        sleeps += 1;
        time += sleeps === 3 ? HOUR : ms;
      },
    });
    expect(renewedAt).toEqual([0, 3620]);
  });

  test('does not ask in a loop where the clock of this machine is far ahead', async () => {
    let time = START;
    const stop = new AbortController();
    let asked = 0;
    const output: Output = {
      name: 'x',
      async renew() {
        asked += 1;
        return life(time - HOUR, 300);
      },
      withdraw: async () => {},
    };
    await keepFresh(output, null, {
      now: () => new Date(time),
      random: () => 0,
      signal: stop.signal,
      tell: () => {},
      async sleep(ms) {
        time += ms;
        if (time - START > 10 * 60_000) stop.abort();
      },
    });
    expect(asked).toBeLessThanOrEqual(21);
  });

  test('ends with its signal, in the middle of a renewal too', async () => {
    const stop = new AbortController();
    const told: OutputEvent[] = [];
    const output: Output = {
      name: 'x',
      renew: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          stop.abort();
        }),
      withdraw: async () => {},
    };
    await keepFresh(output, null, {
      now: () => new Date(START),
      random: () => 0,
      signal: stop.signal,
      tell: (event) => told.push(event),
      sleep: async () => {},
    });
    expect(told).toEqual([]);
  });
});
