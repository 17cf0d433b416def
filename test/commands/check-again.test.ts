import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Context } from '../../src/lib/core/context.ts';
import { type CheckLab, startCheckLab } from '../support/check-lab.ts';

let lab: CheckLab;

beforeEach(async () => {
  lab = await startCheckLab();
});

afterEach(() => lab[Symbol.asyncDispose]());

/** Time that passes by sleeping alone, for the lab and its client at once; `meanwhile` is told of every sleep. */
function asleep(meanwhile: (slept: readonly number[]) => void = () => {}) {
  const slept: number[] = [];
  let ahead = 0;
  const sleep: Context['sleep'] = async (ms) => {
    slept.push(ms);
    ahead += ms;
    lab.lab.clock.set(ahead);
    meanwhile(slept);
  };
  return { slept, changes: { sleep, now: () => new Date(Date.now() + ahead) } };
}

describe('--retry', () => {
  test('checks again what failed, and tells each attempt', async () => {
    lab.lab.controls.setFederation(false);
    const { slept, changes } = asleep((all) => {
      if (all.length === 2) lab.lab.controls.setFederation(true);
    });
    const { code, stdout, stderr } = await lab.check(['--retry', '5'], {}, changes);
    expect(code).toBe(0);
    expect(slept).toEqual([1000, 2000]);
    expect(stderr).toBe(
      'default: attempt 1 failed (iam.federation sts.federation-disabled); next attempt in 1 s\n' +
        'default: attempt 2 failed (iam.federation sts.federation-disabled); next attempt in 2 s\n',
    );
    expect(stdout).not.toContain('✗');
    expect(stdout).toMatch(
      /✓ the chain works: 24 passed, 1 skipped in .*, after 3 attempts\n {2}principal .*\n$/,
    );
    expect(stdout.match(/ sts\.mint /g)).toHaveLength(1);
  });

  test('ends when it has tried so many times more', async () => {
    lab.lab.controls.setFederation(false);
    const { slept, changes } = asleep();
    const { code, document } = await lab.answer(['--retry', '2'], {}, changes);
    expect({ code, slept, attempts: document.targets[0]?.attempts }).toEqual({
      code: 5,
      slept: [1000, 2000],
      attempts: 3,
    });
  });

  test('does not check again what is well', async () => {
    const { slept, changes } = asleep();
    const { code } = await lab.answer(['--retry', '3', '--wait', '1h'], {}, changes);
    expect({ code, slept }).toEqual({ code: 0, slept: [] });
  });

  test('mints anew in each attempt', async () => {
    lab.lab.controls.revokeDatabaseUser(lab.lab.atlas.databaseUsers[0]?.username ?? '');
    const { changes } = asleep();
    await lab.answer(['--retry', '2'], {}, changes);
    const mints = lab.lab.log.entries().filter(({ action }) => action === 'GetWebIdentityToken');
    expect(mints).toHaveLength(3);
  });
});

describe('--wait', () => {
  test('checks again for so long, in pauses that grow to ten seconds, and is not overrun', async () => {
    lab.lab.controls.setFederation(false);
    const { slept, changes } = asleep();
    const { code, document } = await lab.answer(['--wait', '30s'], {}, changes);
    expect(code).toBe(5);
    expect(slept.slice(0, 4)).toEqual([1000, 2000, 4000, 8000]);
    expect(slept[4]).toBe(10_000);
    expect(slept.slice(5).every((ms) => ms <= 5000)).toBe(true);
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(30_000);
    expect(document.targets[0]?.attempts).toBe(slept.length + 1);
  });

  test('ends as soon as the chain works', async () => {
    lab.lab.controls.setFederation(false);
    const { slept, changes } = asleep(() => lab.lab.controls.setFederation(true));
    const { code, document } = await lab.answer(['--wait', '10m'], {}, changes);
    expect({ code, slept, attempts: document.targets[0]?.attempts }).toEqual({
      code: 0,
      slept: [1000],
      attempts: 2,
    });
  });
});

describe('--soak', () => {
  test('holds a connection past the end of its token', async () => {
    const { slept, changes } = asleep();
    const { code, of } = await lab.answer(['--soak', '3m'], {}, changes);
    expect(of('mongo.oidc.soak')).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(
        /^open for 3 min with a token lifetime of 60 s \(\d+ commands\), reauthentications: [23]$/,
      ),
    });
    expect(code).toBe(0);
    expect(slept.length).toBeGreaterThan(100);
  });

  test('too short to see a token end is refused', async () => {
    const { code, stdout, stderr } = await lab.check(['--soak', '60s']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      'error: Invalid --soak 60s: expected more than 60 s, the lifetime of the tokens.',
    );
  });

  test('is told apart from a lost connection', async () => {
    const { changes } = asleep((slept) => {
      if (slept.length === 20) lab.lab.controls.dropConnections();
    });
    const { code, of } = await lab.answer(['--soak', '3m'], {}, changes);
    expect({ code, status: of('mongo.oidc.soak')?.status }).toEqual({ code: 5, status: 'fail' });
    expect(of('mongo.oidc.soak')?.code).not.toBe('mongo.reauthentication-unseen');
  });
});
