import { describe, expect, test } from 'vitest';
import { fitToSession, fittingDuration, type WantedDuration } from '../../../src/lib/auth/lifetime.ts';
import { rerun, type SuggestedCommand } from '../../../src/lib/core/command-line.ts';
import type { ResolvedCredentials } from '../../../src/lib/core/credentials.ts';
import { fakeAws, sessionKeys, USER_KEYS } from '../../support/fake-aws.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const inSeconds = (seconds: number) => new Date(NOW.getTime() + seconds * 1000);

describe('the duration that fits', () => {
  test.each<[WantedDuration, number | null, number]>([
    [300, null, 300],
    ['auto', null, 3600],
    ['auto', 43_200, 3600],
    ['auto', 3630, 3600],
    ['auto', 3629, 3599],
    ['auto', 90, 60],
    [300, 301, 300],
    [3600, 3601, 3600],
  ])('%s in a session of %s s is %s s', (wanted, session, expected) => {
    const end = session === null ? null : inSeconds(session);
    expect(fittingDuration(wanted, end, NOW)).toBe(expected);
  });

  test.each<[WantedDuration, number, string, string, SuggestedCommand | null]>([
    [
      300,
      300,
      "A token of 5 min would expire after the caller's session, which expires in 5 min (2026-11-22T12:05:00Z).",
      'Mint a token with a lifetime of at most 4 min 30 s, or renew the session.',
      rerun({ set: { '--duration': '270s' } }),
    ],
    [
      3600,
      250,
      "A token of 1 h would expire after the caller's session, which expires in 4 min 10 s (2026-11-22T12:04:10Z).",
      'Mint a token with a lifetime of at most 3 min 40 s, or renew the session.',
      rerun({ set: { '--duration': '220s' } }),
    ],
    [
      'auto',
      89,
      "A token of 1 min would expire after the caller's session, which expires in 1 min 29 s (2026-11-22T12:01:29Z).",
      'Renew the session, for example with "aws sso login".',
      null,
    ],
    [
      60,
      -10,
      "A token of 1 min would expire after the caller's session, which expired at 2026-11-22T11:59:50Z.",
      'Renew the session, for example with "aws sso login".',
      null,
    ],
  ])('%s in a session of %s s is refused with both numbers', (wanted, session, message, remedy, command) => {
    expect(() => fittingDuration(wanted, inSeconds(session), NOW)).toThrow(
      expect.objectContaining({
        code: 'sts.session-too-short',
        exitCode: 4,
        message,
        remedy,
        command,
        details: {
          tokenSeconds: wanted === 'auto' ? 60 : wanted,
          sessionSeconds: session,
          marginSeconds: 30,
        },
      }),
    );
  });
});

describe('fitting to the session of the caller', () => {
  async function settle(durationSeconds: WantedDuration, keys: ResolvedCredentials, sessionEnd?: Date) {
    const fake = fakeAws({ now: () => NOW, keys, ...(sessionEnd === undefined ? {} : { sessionEnd }) });
    const request = await fitToSession(
      await fake.aws({ timeoutMs: 1000 }),
      { audience: ['a'], signingAlgorithm: 'RS256', durationSeconds, tags: [] },
      { now: () => NOW, timeoutMs: 1000, signal: new AbortController().signal },
    );
    return { seconds: request.durationSeconds, calls: fake.calls.map(({ call }) => call) };
  }

  test('long-term keys have no session to fit', async () => {
    expect(await settle('auto', USER_KEYS)).toEqual({ seconds: 3600, calls: [] });
  });

  test('a session that says when it ends needs no call', async () => {
    expect(await settle('auto', sessionKeys(inSeconds(1000)))).toEqual({ seconds: 970, calls: [] });
  });

  test('a session that does not say is asked through a token of a minute, for auto only', async () => {
    expect(await settle('auto', sessionKeys(null), inSeconds(1000))).toEqual({
      seconds: 970,
      calls: ['getWebIdentityToken'],
    });
    expect(await settle(3600, sessionKeys(null), inSeconds(1000))).toEqual({ seconds: 3600, calls: [] });
  });

  test('a token that does not say either leaves the limit to AWS', async () => {
    expect(await settle('auto', sessionKeys(null))).toEqual({
      seconds: 3600,
      calls: ['getWebIdentityToken'],
    });
  });

  test('what cannot be minted is refused before the credentials are asked for', async () => {
    const keys = sessionKeys(inSeconds(-1));
    await expect(settle(3601, keys)).rejects.toMatchObject({ code: 'usage.invalid-value' });
  });
});
