import { describe, expect, test } from 'vitest';
import { federationState, switchOn, waitUntilMinting } from '../../../src/lib/auth/federation.ts';
import { minting } from '../../../src/lib/auth/mint.ts';
import { withRequest } from '../../../src/lib/auth/mint-denied.ts';
import { fedctl, MORE_TIME } from '../../../src/lib/core/command-line.ts';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import type { MintRequest, TokenSource } from '../../../src/lib/core/token.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import {
  failure,
  ISSUER,
  type MintStep,
  type Script,
  scriptedAws,
  USER_ARN,
} from '../../support/scripted-aws.ts';

const REQUEST: MintRequest = {
  audience: ['probe'],
  signingAlgorithm: 'RS256',
  durationSeconds: 60,
  tags: [],
};
const NEVER = new AbortController().signal;

async function wait(
  mints: readonly MintStep[],
  { waitMs = 60_000, signal = NEVER, wasEnabled = false } = {},
) {
  const clock = fakeClock();
  const { aws, minted } = scriptedAws({ mints });
  const source = minting(await aws({ timeoutMs: 1000 }), REQUEST, { timeoutMs: 30_000, signal });
  const ended = await waitUntilMinting(source, waitMs, { ...clock, signal }, wasEnabled).catch(
    (error: unknown) => error,
  );
  return { ended, clock, minted };
}

describe('waitUntilMinting', () => {
  test('three tokens in a row are the proof', async () => {
    const { ended, clock, minted } = await wait(['token']);
    expect(ended).toMatchObject({
      outcome: 'minting',
      ms: 0,
      attempts: 3,
      token: { issuer: ISSUER, subject: USER_ARN, audience: ['probe'] },
    });
    expect(minted).toEqual([REQUEST, REQUEST, REQUEST]);
    expect(clock.slept).toEqual([1000, 1000]);
  });

  test('one token is enough where federation was enabled before, and three where the first attempt is refused', async () => {
    const settled = async (mints: readonly MintStep[]) =>
      (await wait(mints, { wasEnabled: true })).clock.slept.length;
    expect(await settled(['token'])).toBe(0);
    expect(await settled(['sts.federation-disabled', 'token'])).toBe(3);
  });

  test.each(['sts.federation-disabled', 'aws.service-failed', 'aws.throttled'] as const)(
    '%s is "not yet", and the count begins again after it',
    async (code) => {
      const { ended, minted } = await wait([code, 'token', 'token', code, 'token', 'token', 'token']);
      expect(ended).toMatchObject({ outcome: 'minting', ms: 4000, attempts: 7 });
      expect(minted).toHaveLength(7);
    },
  );

  test.each(['sts.mint-denied', 'sts.federated-user', 'sts.session-too-short'] as const)(
    '%s tells of the caller and ends the wait',
    async (code) => {
      const { ended, minted } = await wait(['sts.federation-disabled', code]);
      expect(ended).toEqual({ outcome: 'caller-cannot-mint', failure: withRequest(failure(code), REQUEST) });
      expect(minted).toHaveLength(2);
    },
  );

  test('a time-out says that IAM is ahead, and keeps the last refusal', async () => {
    const { ended, minted } = await wait(['sts.federation-disabled'], { waitMs: 5000 });
    expect(ended).toMatchObject({
      code: 'iam.propagation-timeout',
      exitCode: 6,
      message:
        'IAM reports federation as enabled, but STS did not mint 3 tokens in a row within 5 s. The last error: AWS says sts.federation-disabled.',
      remedy: 'Wait longer with --wait-timeout. STS applies a change a few seconds after IAM.',
      command: fedctl(['enable', '--wait-timeout', '3m'], { unless: ['--role-arn'] }),
      details: { waitMs: 5000, lastCode: 'sts.federation-disabled' },
      requestId: 'request-of-sts.federation-disabled',
      cause: failure('sts.federation-disabled'),
    });
    expect(minted).toHaveLength(6);
  });

  test('answers that alternate are no proof, however long', async () => {
    const alternating = Array.from(
      { length: 100 },
      (_, n): MintStep => (n % 3 === 2 ? 'aws.service-failed' : 'token'),
    );
    const { ended } = await wait(alternating);
    expect(ended).toMatchObject({ code: 'iam.propagation-timeout' });
  });

  test('a mint that hangs does not outlast the wait', async () => {
    const hanging: TokenSource = {
      get: (signal) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
        }),
    };
    await expect(waitUntilMinting(hanging, 20, { ...fakeClock(), signal: NEVER })).rejects.toMatchObject({
      code: 'iam.propagation-timeout',
      message: 'IAM reports federation as enabled, but STS did not mint 3 tokens in a row within 0 s.',
    });
  });

  test('any other failure keeps its code and its command, and says that the account is enabled', async () => {
    const { ended } = await wait(['token', 'aws.timeout']);
    const { remedy, likelyCause } = failure('aws.timeout');
    expect(ended).toMatchObject({
      code: 'aws.timeout',
      message:
        'IAM reports federation as enabled, but the wait for tokens from STS failed. AWS says aws.timeout.',
      likelyCause,
      remedy,
      command: MORE_TIME,
      requestId: 'request-of-aws.timeout',
      cause: failure('aws.timeout'),
    });
  });

  test('an interruption comes out unchanged, from the mint and from the pause', async () => {
    const reason = new Interruption('interrupted');
    const inMint = new AbortController();
    const interruptMint = async () => {
      inMint.abort(reason);
      throw new Error('the request was aborted');
    };
    expect((await wait([interruptMint], { signal: inMint.signal })).ended).toBe(reason);

    const inPause = new AbortController();
    const source = minting(await scriptedAws().aws({ timeoutMs: 1 }), REQUEST, {
      timeoutMs: 1000,
      signal: inPause.signal,
    });
    const sleep = async () => {
      inPause.abort(reason);
      throw new Error('the pause was aborted');
    };
    await expect(
      waitUntilMinting(source, 60_000, { ...fakeClock(), sleep, signal: inPause.signal }),
    ).rejects.toBe(reason);
  });
});

async function iamOf(script: Script) {
  const { aws, calls } = scriptedAws(script);
  return { iam: await (await aws({ timeoutMs: 1000 })).iam(), calls };
}

describe('federationState', () => {
  test.each([
    ['enabled', { state: 'enabled', issuer: ISSUER, missingPermission: null }],
    ['disabled', { state: 'disabled', issuer: null, missingPermission: null }],
    [
      'info-denied',
      { state: 'unknown', issuer: null, missingPermission: 'iam:GetOutboundWebIdentityFederationInfo' },
    ],
  ] as const)('%s', async (federation, state) => {
    expect(await federationState((await iamOf({ federation })).iam, NEVER)).toEqual(state);
  });

  test('another failure is one', async () => {
    const { iam } = await iamOf({ fail: { outboundFederationInfo: failure('aws.unreachable') } });
    await expect(federationState(iam, NEVER)).rejects.toMatchObject({ code: 'aws.unreachable' });
  });
});

describe('switchOn', () => {
  test('names the issuer that the call itself returned', async () => {
    const { iam, calls } = await iamOf({ federation: 'disabled' });
    expect(await switchOn(iam, NEVER)).toEqual({ changed: true, issuer: ISSUER });
    expect(calls).toEqual(['enableOutboundFederation']);
  });

  test('asks for the issuer where nothing changed', async () => {
    const { iam, calls } = await iamOf({ federation: 'enabled' });
    expect(await switchOn(iam, NEVER)).toEqual({ changed: false, issuer: ISSUER });
    expect(calls).toEqual(['enableOutboundFederation', 'outboundFederationInfo']);
  });

  test('does without where it may not be read', async () => {
    expect(await switchOn((await iamOf({ federation: 'info-denied' })).iam, NEVER)).toEqual({
      changed: false,
      issuer: null,
    });
  });
});
