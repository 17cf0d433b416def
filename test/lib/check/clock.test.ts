import { describe, expect, test } from 'vitest';
import {
  type ClockReading,
  clockOutcome,
  clockReadings,
  requestTimes,
} from '../../../src/lib/check/clock.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { fetch } from '../../support/fetch.ts';
import { loopbackServer } from '../../support/loopback-server.ts';
import { memoryContext } from '../../support/memory-context.ts';

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
      'warn null: sts.test is 1 h ahead, issuer.test is in sync, atlas.test is in sync. Most servers agree with the clock of this machine. Either the clock of sts.test is wrong, or a different server responds under this host name.',
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
  test('asks each host once for its time, and sends no credentials', async () => {
    await using server = await loopbackServer(() => ({
      status: 403,
      headers: { date: 'Sun, 22 Nov 2026 12:01:00 GMT' },
      body: 'no',
    }));
    const context = memoryContext({ fetch });
    const urls = [server.url, `${server.url}/other`];
    await requestTimes(urls, context, 1000);
    await requestTimes(urls, context, 1000);
    const host = new URL(server.url).host;
    expect(clockReadings(urls, context.clocks)).toEqual([
      { host, url: `${server.url}/other`, aheadSeconds: 61 },
    ]);
    expect(server.requests.map(({ method, headers }) => [method, headers['authorization']])).toEqual([
      ['GET', undefined],
    ]);
  });

  const down: typeof fetch = async () => {
    throw new TypeError('fetch failed');
  };

  test('a server that does not respond has no clock', async () => {
    const context = memoryContext({ fetch: down });
    await requestTimes(['https://sts.test'], context, 1000);
    expect(clockReadings(['https://sts.test'], context.clocks)).toEqual([
      { host: 'sts.test', url: 'https://sts.test', aheadSeconds: null },
    ]);
  });

  test('an interruption ends it', async () => {
    const interrupted = new Interruption('interrupted');
    const context = memoryContext({ fetch: down, signal: AbortSignal.abort(interrupted) });
    await expect(requestTimes(['https://sts.test'], context, 1000)).rejects.toBe(interrupted);
  });
});
