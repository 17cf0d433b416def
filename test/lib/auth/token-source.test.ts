import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { refreshingAhead, singleFlight, toFile } from '../../../src/lib/auth/token-source.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { MintedToken, TokenSource } from '../../../src/lib/core/token.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const LIFE_MS = 300_000;

/** The n-th token: named `token-n`, good for five minutes from `issuedAt`. */
function tokenNumber(n: number, issuedAt: Date): MintedToken {
  return {
    token: new Secret(`token-${n}`),
    issuer: 'https://issuer',
    subject: 'arn',
    audience: ['a'],
    algorithm: 'RS256',
    keyId: 'RSA_0',
    tokenId: `${n}`,
    issuedAt,
    expiresAt: new Date(issuedAt.getTime() + LIFE_MS),
  };
}

/** A mint that counts, and fails while `broken` is set. `offset` is how far its clock is ahead of ours, in ms. */
function mint(now: () => Date, offset = 0) {
  const state = { minted: 0, broken: null as Error | null };
  const source: TokenSource = {
    async get() {
      if (state.broken !== null) throw state.broken;
      state.minted += 1;
      return tokenNumber(state.minted, new Date(now().getTime() + offset));
    },
  };
  return { state, source };
}

const text = async (source: TokenSource, signal?: AbortSignal) => (await source.get(signal)).token.reveal();

describe('refreshingAhead', () => {
  test('renews at half of the life', async () => {
    const clock = fakeClock();
    const source = refreshingAhead(mint(clock.now).source, clock.now);
    expect(await text(source)).toBe('token-1');
    clock.pass(LIFE_MS / 2 - 1);
    expect(await text(source)).toBe('token-1');
    clock.pass(1);
    expect(await text(source)).toBe('token-2');
  });

  test('keeps the old token while it is valid when minting fails, tries each time, and fails at its end', async () => {
    const clock = fakeClock();
    const { source, state } = mint(clock.now);
    const failures: unknown[] = [];
    const wrapped = refreshingAhead(source, clock.now, (error) => failures.push(error));
    await wrapped.get();
    const outage = new Error('STS is down');
    state.broken = outage;
    clock.pass(LIFE_MS / 2);
    expect(await text(wrapped)).toBe('token-1');
    clock.pass(LIFE_MS / 2 - 1);
    expect(await text(wrapped)).toBe('token-1');
    expect(failures).toEqual([outage, outage]);
    clock.pass(1);
    await expect(wrapped.get()).rejects.toBe(outage);
    state.broken = null;
    expect(await text(wrapped)).toBe('token-2');
  });

  test('somebody who stopped gets no old token', async () => {
    const clock = fakeClock();
    const { source, state } = mint(clock.now);
    const wrapped = refreshingAhead(source, clock.now);
    await wrapped.get();
    clock.pass(LIFE_MS / 2);
    const reason = new Error('Ctrl-C');
    state.broken = reason;
    await expect(wrapped.get(AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

describe('singleFlight', () => {
  /** A mint that waits until the test says so. */
  function slow() {
    const flights: { land: (n: number) => void; crash: (error: Error) => void; signal: AbortSignal }[] = [];
    const source: TokenSource = {
      get: (signal = new AbortController().signal) =>
        new Promise((resolve, reject) => {
          flights.push({ land: (n) => resolve(tokenNumber(n, new Date(0))), crash: reject, signal });
        }),
    };
    return { flights, source: singleFlight(source) };
  }

  test('those who come while a token is under way get that one; later ones a new one', async () => {
    const { flights, source } = slow();
    const both = Promise.all([text(source), text(source, new AbortController().signal)]);
    flights[0]?.land(1);
    expect(await both).toEqual(['token-1', 'token-1']);
    const third = text(source);
    flights[1]?.land(2);
    expect(await third).toBe('token-2');
    expect(flights.map(({ signal }) => signal.aborted)).toEqual([false, false]);
  });

  test('a failure reaches all of them, and the next call tries again', async () => {
    const { flights, source } = slow();
    const both = Promise.allSettled([source.get(), source.get()]);
    const error = new Error('STS is down');
    flights[0]?.crash(error);
    expect(await both).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    const next = text(source);
    flights[1]?.land(2);
    expect(await next).toBe('token-2');
  });

  test('who gives up leaves the others waiting; the work stops with the last of them', async () => {
    const { flights, source } = slow();
    const [first, second] = [new AbortController(), new AbortController()];
    const [reason, last] = [new Error('first gave up'), new Error('second gave up')];
    const one = source.get(first.signal);
    const two = source.get(second.signal);
    first.abort(reason);
    await expect(one).rejects.toBe(reason);
    expect(flights[0]?.signal.aborted).toBe(false);
    second.abort(last);
    await expect(two).rejects.toBe(last);
    expect(flights[0]?.signal.reason).toBe(last);
    flights[0]?.crash(new Error('the SDK was stopped'));
    const three = text(source);
    flights[1]?.land(3);
    expect(await three).toBe('token-3');
  });

  test('who has stopped already starts nothing', async () => {
    const { flights, source } = slow();
    const reason = new Error('Ctrl-C');
    await expect(source.get(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(flights).toEqual([]);
  });
});

describe('toFile', () => {
  test('leaves the token in a file: 0600, no newline, and nothing beside it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'fedctl-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, 'token');
    const clock = fakeClock();
    const source = toFile(mint(clock.now).source, path);
    expect(await text(source)).toBe('token-1');
    expect(await readFile(path, 'utf8')).toBe('token-1');
    await source.get();
    expect(await readFile(path, 'utf8')).toBe('token-2');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('a token that cannot be left there is not handed out', async () => {
    const source = toFile(mint(() => new Date(0)).source, '/nonexistent/token');
    await expect(source.get()).rejects.toMatchObject({ code: 'usage.unwritable-output' });
  });
});
