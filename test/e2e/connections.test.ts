import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningLab, runLab } from '../support/running-lab.ts';

const REPORT = fileURLToPath(new URL('../support/report-connections.mjs', import.meta.url));

describe('commands', () => {
  let lab: RunningLab;
  let directory: string;
  beforeAll(async () => {
    lab = await runLab();
    directory = mkdtempSync(join(tmpdir(), 'fedctl-connections-'));
  });
  afterAll(async () => {
    await lab.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Returns the hosts that all runs connected to or looked up. */
  const dialled = () =>
    readdirSync(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').trim().split('\n'));

  test('every command connects only to the hosts that it requires', async () => {
    const allowed = new Set(
      Object.values(lab.env).flatMap((value) => /:\/\/(127\.0\.0\.1:\d+)/.exec(value)?.[1] ?? []),
    );
    const runs = [
      ['enable'],
      ['status'],
      ['whoami'],
      ['token', '--out', join(directory, 'token')],
      ['credentials'],
      ['connect', '--mechanism', 'both'],
      ['check', '--mechanism', 'both'],
      ['explain', 'mongo.oidc-refused'],
      ['disable', '--yes'],
      ['--version'],
      ['--help'],
    ];
    for (const args of runs) {
      const { code, stderr } = await lab.run(args, {
        env: { NODE_OPTIONS: `--import=${REPORT}`, CONNECTIONS: join(directory, 'seen') },
      });
      expect({ args, code, stderr: code === 0 ? '' : stderr }).toEqual({ args, code: 0, stderr: '' });
    }
    rmSync(join(directory, 'token'));
    const seen = new Set(dialled());
    expect(seen.size).toBeGreaterThan(4);
    expect([...seen].filter((host) => !allowed.has(host))).toEqual([]);
  }, 120_000);
});
