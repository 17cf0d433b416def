import { describe, expect, test } from 'vitest';
import { createAtlas } from '../../../src/lib/atlas/atlas.ts';
import { Redactor } from '../../../src/lib/core/redactor.ts';
import { createTestCa } from '../../support/certificates.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { fetch } from '../../support/fetch.ts';
import { latch } from '../../support/latch.ts';
import { closedPort } from '../../support/listen.ts';
import { loopbackServer } from '../../support/loopback-server.ts';
import {
  ACCOUNT,
  apiError,
  atlasFailure,
  GROUP,
  json,
  KEY,
  never,
  scriptedAtlas,
} from '../../support/scripted-atlas.ts';

describe('too many requests', () => {
  const busy = (headers: Record<string, string> = {}) =>
    apiError(429, 'RATE_LIMITED', 'Rate limit exceeded.', headers);
  const project = json({ id: 'g', name: 'n', orgId: 'o' });

  test.each<[what: string, headers: Record<string, string>[], slept: number[]]>([
    ['waits as long as they ask', [{ 'retry-after': '2' }], [2000]],
    ['waits until they ask', [{ 'retry-after': 'Sun, 22 Nov 2026 12:00:03 GMT' }], [3000]],
    ['waits twice, and longer, where they do not say', [{}, {}], [1000, 2000]],
    ['do not wait for the past', [{ 'retry-after': 'Sun, 22 Nov 2026 11:00:00 GMT' }], [0]],
  ])('%s', async (_what, refusals, slept) => {
    let next = 0;
    await using lab = await scriptedAtlas(() => {
      const headers = refusals[next++];
      return headers === undefined ? project : busy(headers);
    });
    expect((await lab.atlas.project('g', never)).id).toBe('g');
    expect(lab.clock.slept).toEqual(slept);
  });

  test.each([
    [{}, [1000, 2000]],
    [{ 'retry-after': '3' }, [3000]],
    [{ 'retry-after': '6' }, []],
  ])('%j end in a failure within the time-out', async (headers, slept) => {
    await using lab = await scriptedAtlas(() => busy(headers));
    expect(await atlasFailure(lab.atlas.project('g', never))).toMatchObject({
      code: 'atlas.rate-limited',
      message: `GET ${lab.server.url}${GROUP} was throttled: too many requests in a short time.`,
    });
    expect(lab.clock.slept).toEqual(slept);
  });

  test('wait no longer than the signal lets them', async () => {
    await using server = await loopbackServer(({ method }) =>
      method === 'POST' ? json({ access_token: 'a', expires_in: 60, token_type: 'Bearer' }) : busy(),
    );
    const stop = new AbortController();
    const context = {
      fetch,
      version: '1',
      redactor: new Redactor(),
      now: () => new Date(0),
      sleep: async () => {
        stop.abort(new Error('interrupted'));
        throw new Error('what the timer says');
      },
    };
    const atlas = await createAtlas({ url: server.url, credentials: ACCOUNT, timeoutMs: 5000 }, context);
    await expect(atlas.project('g', stop.signal)).rejects.toThrow('interrupted');
  });
});

describe('the way there', () => {
  const context = { ...fakeClock(), fetch, version: '1.2.3', redactor: new Redactor() };
  const failing = async (url: string, timeoutMs = 5000) => {
    const atlas = await createAtlas({ url, credentials: KEY, timeoutMs }, context);
    const { code, exitCode, message, details, cause } = await atlasFailure(atlas.project('g', never));
    return { code, exitCode, message, details, hasCause: cause !== undefined };
  };

  test('a port where nothing listens', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    expect(await failing(url)).toEqual({
      code: 'atlas.unreachable',
      exitCode: 6,
      message: `Cannot reach the Atlas API at ${new URL(url).host}: the connection was refused (ECONNREFUSED).`,
      details: { url: `${url}${GROUP}`, reason: 'ECONNREFUSED' },
      hasCause: true,
    });
  });

  test('a certificate that nobody here trusts', async () => {
    const certificate = await (await createTestCa()).issue(['127.0.0.1']);
    await using server = await loopbackServer(() => json({}), certificate);
    expect(await failing(server.url)).toEqual({
      code: 'atlas.tls-failed',
      exitCode: 6,
      message: expect.stringMatching(
        /^The TLS connection to the Atlas API at 127\.0\.0\.1:\d+ failed: it has a certificate that is not trusted on this machine: 127\.0\.0\.1, for 127\.0\.0\.1, issued by fedctl test CA, valid from \S+Z to \S+Z \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)\.$/,
      ),
      details: { url: `${server.url}${GROUP}`, reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      hasCause: true,
    });
    expect(server.requests).toEqual([]);
  });

  test('a server that says nothing', async () => {
    await using server = await loopbackServer(() => null);
    expect(await failing(server.url, 50)).toEqual({
      code: 'atlas.timeout',
      exitCode: 6,
      message: `GET ${server.url}${GROUP} returned no complete response within 0 s.`,
      details: { url: `${server.url}${GROUP}`, timeoutMs: 50 },
      hasCause: true,
    });
  });

  test.each(['POST', 'GET'])('Ctrl-C during a %s ends it with its own reason', async (held) => {
    const { promise: reached, resolve: arrived } = latch();
    const hold = () => {
      arrived();
      return null;
    };
    await using lab = await scriptedAtlas(hold, held === 'POST' ? { token: hold } : {});
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const work = lab.atlas.project('g', stop.signal).catch((error: unknown) => error);
    await reached;
    stop.abort(reason);
    expect(await work).toBe(reason);
    expect(await lab.atlas.project('g', stop.signal).catch((error: unknown) => error)).toBe(reason);
  });
});

describe('lists', () => {
  const user = { username: 'u', databaseName: '$external' };
  const next = [{ rel: 'next', href: 'https://attacker.test/' }];

  test('go on while there is a next page, at the address that we know', async () => {
    await using lab = await scriptedAtlas(({ path }) =>
      json({ results: [user], links: path.endsWith('pageNum=3') ? [] : next }),
    );
    expect((await lab.atlas.databaseUsers('g', never)).entries).toHaveLength(3);
    expect(lab.asked()).toEqual(
      [1, 2, 3].map((page) => `${GROUP}/databaseUsers?itemsPerPage=100&pageNum=${page}`),
    );
  });

  test('end with an empty page, whatever was promised', async () => {
    await using lab = await scriptedAtlas(({ path }) =>
      json({ results: path.endsWith('pageNum=2') ? [] : [user], links: next, totalCount: 1000 }),
    );
    expect((await lab.atlas.databaseUsers('g', never)).entries).toHaveLength(1);
  });

  test('that never end do', async () => {
    await using lab = await scriptedAtlas(() => json({ results: [user], links: next }));
    expect(await atlasFailure(lab.atlas.databaseUsers('g', never))).toMatchObject({
      code: 'atlas.answer-unreadable',
      message: `The list at ${lab.server.url}${GROUP}/databaseUsers has more than 100 pages.`,
    });
  });

  test('that are no lists are not read', async () => {
    await using lab = await scriptedAtlas(() => json({ results: {} }));
    const { message } = await atlasFailure(lab.atlas.databaseUsers('g', never));
    expect(message).toBe(
      `GET ${lab.server.url}${GROUP}/databaseUsers returned an invalid field: results (invalid_type).`,
    );
  });

  test.each<[string, object, string]>([
    ['a type of user', { oidcAuthType: 'NEW' }, 'oidcAuthType (invalid_value)'],
    ['a date', { deleteAfterDate: 'soon' }, 'deleteAfterDate (custom)'],
    ['a database', { databaseName: 7 }, 'databaseName (invalid_type)'],
  ])('keep an entry with %s that is none apart, by its name', async (_what, change, where) => {
    await using lab = await scriptedAtlas(() =>
      json({ results: [{ ...user, username: 'other', ...change }, user], totalCount: 2 }),
    );
    const { entries, unreadable } = await lab.atlas.databaseUsers('g', never);
    expect(entries).toHaveLength(1);
    expect(unreadable.map(({ name, failure: { code, message } }) => ({ name, code, message }))).toEqual([
      {
        name: 'other',
        code: 'atlas.answer-unreadable',
        message: `The list at ${lab.server.url}${GROUP}/databaseUsers has an entry with an invalid field: ${where}.`,
      },
    ]);
  });

  test('count the entries that cannot be read', async () => {
    await using lab = await scriptedAtlas(() =>
      json({ results: ['nonsense', { username: 7 }], totalCount: 2 }),
    );
    const { entries, unreadable } = await lab.atlas.databaseUsers('g', never);
    expect({ entries, names: unreadable.map(({ name }) => name) }).toEqual({
      entries: [],
      names: [null, null],
    });
    expect(lab.asked()).toHaveLength(1);
  });
});
