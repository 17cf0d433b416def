import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CheckLab, startCheckLab } from '../support/check-lab.ts';
import { runBin } from '../support/run-bin.ts';

let lab: CheckLab;
let directory: string;

beforeAll(async () => {
  lab = await startCheckLab();
  directory = await mkdtemp(join(tmpdir(), 'fedctl-stopped-'));
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

describe('the real binary', () => {
  test.each([
    ['STS hangs', 'sts', [], 'SIGINT', 130],
    ['STS hangs', 'sts', [], 'SIGTERM', 143],
    ['the issuer hangs', 'issuer', ['--output', 'json'], 'SIGINT', 130],
    ['the database hangs', 'mongod', ['--mechanism', 'both'], 'SIGTERM', 143],
    ['it waits for the next attempt', null, ['--audience', 'other', '--wait', '10m'], 'SIGINT', 130],
  ] as const)(
    'stopped while %s, ends at once and leaves nothing half done',
    async (_when, hop, more, signal, code) => {
      if (hop !== null) lab.lab.controls.slow(hop, 60_000);
      let since = 0;
      const args = ['check', '--output', 'junit=report.xml', ...more];
      const stop = (kill: (sent: NodeJS.Signals) => void) => {
        if (since !== 0) return;
        since = Date.now();
        kill(signal);
        // What does not stop is not waited for.
        setTimeout(() => kill('SIGKILL'), 3000).unref();
      };
      let unfollow = () => {};
      const result = await runBin(args, {
        env: lab.lab.env,
        cwd: directory,
        started: (child) => {
          const kill = (sent: NodeJS.Signals) => child.kill(sent);
          // What hangs is in the lab's log only when it is let go: what came before shows that it has begun.
          unfollow = lab.lab.log.follow(({ hop: at }) => {
            if (hop !== null && hop !== 'sts' && at === 'sts') setTimeout(() => stop(kill), 100);
          });
        },
        watch: ({ stdout, stderr }, kill) => {
          if (stderr.includes('next attempt in') || (hop === 'sts' && stdout.includes('aws.region')))
            stop(kill);
        },
      });
      const took = Date.now() - since;
      unfollow();
      if (hop !== null) lab.lab.controls.slow(hop, 0);
      expect({ code: result.code, signal: result.signal }).toEqual({ code, signal: null });
      expect(result.stderr).toBe(
        hop === null
          ? 'default: attempt 1 failed (atlas.identity-provider atlas.audience-mismatch); next attempt in 1 s\n'
          : '',
      );
      expect(result.stdout).not.toMatch(/bug\.unexpected|\n\s+at |holds|broken/);
      expect(took).toBeLessThan(1000);
      expect(await readdir(directory)).toEqual([]);
    },
  );
});
