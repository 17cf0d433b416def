import { describe, expect, test } from 'vitest';
import { type ClockReading, clockOutcome, readClocks } from '../../../src/lib/check/clock.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { fetch, response } from '../../support/fetch.ts';
import { loopbackServer } from '../../support/loopback-server.ts';

const HOSTS = ['sts.test', 'issuer.test', 'atlas.test'];

function readings(...ahead: readonly (number | null)[]): ClockReading[] {
  return ahead.map((aheadSeconds, index) => {
    const host = HOSTS[index] ?? '';
    return { host, url: `https://${host}/`, aheadSeconds };
  });
}

function told(...ahead: readonly (number | null)[]) {
  const outcome = clockOutcome(readings(...ahead));
  switch (outcome.status) {
    case 'fail':
      return `fail ${outcome.failure.code}: ${outcome.failure.message}`;
    case 'warn':
      return `warn ${outcome.caution.code}: ${outcome.caution.message}`;
    case 'unseen':
      throw new Error('clocks are never unseen');
    default:
      return `${outcome.status}: ${outcome.detail}`;
  }
}

describe('what clocks say together', () => {
  test.each([
    [[0, 0], 'pass: compared with sts.test and issuer.test'],
    [[30, -30], 'pass: compared with sts.test and issuer.test'],
    [[1, null], 'pass: compared with sts.test'],
    [[null, null], 'skip: no server returned its time: sts.test, issuer.test'],
    [[], 'skip: no server returned its time: '],
    [
      [600, 601],
      'fail aws.clock-skew: The clock of this machine is 10 min behind: sts.test is 10 min ahead, issuer.test is 10 min 1 s ahead.',
    ],
    [
      [-301, -300],
      'fail aws.clock-skew: The clock of this machine is 5 min 1 s ahead: sts.test is 5 min 1 s behind, issuer.test is 5 min behind.',
    ],
    // As far as AWS goes along.
    [
      [300, 300],
      'warn aws.clock-skew: The clock of this machine is 5 min behind: sts.test is 5 min ahead, issuer.test is 5 min ahead.',
    ],
    [
      [31, 31],
      'warn aws.clock-skew: The clock of this machine is 31 s behind: sts.test is 31 s ahead, issuer.test is 31 s ahead.',
    ],
    // One alone may be wrong itself.
    [
      [3600, null],
      'warn aws.clock-skew: The clock of this machine may be wrong: sts.test is 1 h ahead; no other server returned its time.',
    ],
    [
      [3600, 0, 0],
      'warn null: sts.test is 1 h ahead, issuer.test is on time, atlas.test is on time. Most servers agree with this machine. Either the clock of sts.test is wrong, or another server responds at this host.',
    ],
    [
      [600, -600],
      'warn aws.clock-skew: The clock of this machine may be wrong: sts.test is 10 min ahead, issuer.test is 10 min behind; the servers do not agree.',
    ],
  ] as const)('%j', (ahead, expected) => {
    expect(told(...ahead)).toBe(expected);
  });
});

describe('reading clocks', () => {
  const NOW = new Date('2026-11-22T12:00:00.500Z');
  const never = new AbortController().signal;

  test('goes by the Date of any answer, once a host, and sends nothing', async () => {
    await using server = await loopbackServer(() => ({
      status: 403,
      headers: { date: 'Sun, 22 Nov 2026 12:01:00 GMT' },
      body: 'no',
    }));
    const context = { fetch, now: () => NOW, signal: never };
    const found = await readClocks([server.url, `${server.url}/other`], context, 1000);
    expect(found).toEqual([{ host: new URL(server.url).host, url: `${server.url}/other`, aheadSeconds: 60 }]);
    expect(server.requests.map(({ method, headers }) => [method, headers['authorization']])).toEqual([
      ['GET', undefined],
    ]);
  });

  test.each(['', 'yesterday'])('a Date that is none is no clock: "%s"', async (date) => {
    const answer: typeof fetch = async () => response(200, null, { date });
    const context = { fetch: answer, now: () => NOW, signal: never };
    expect(await readClocks(['https://sts.test'], context, 1000)).toEqual([
      { host: 'sts.test', url: 'https://sts.test', aheadSeconds: null },
    ]);
  });

  test('a server that does not answer has no clock, and an interruption ends it', async () => {
    const down: typeof fetch = async () => {
      throw new TypeError('fetch failed');
    };
    expect(
      await readClocks(['https://sts.test'], { fetch: down, now: () => NOW, signal: never }, 1000),
    ).toEqual([{ host: 'sts.test', url: 'https://sts.test', aheadSeconds: null }]);
    const interrupted = new Interruption('interrupted');
    const context = { fetch: down, now: () => NOW, signal: AbortSignal.abort(interrupted) };
    await expect(readClocks(['https://sts.test'], context, 1000)).rejects.toBe(interrupted);
  });
});
