import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BIN, runBin } from '../support/run-bin.ts';
import { runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

interface Started {
  readonly env: Record<string, string>;
  readonly pid: number;
}

describe('fedctl sandbox --detach', () => {
  test('returns when the lab is ready, and the lab stays until it is stopped', async () => {
    const { code, stdout, stderr } = await runBin(['sandbox', '--detach', '--json', '--replica-set', 'rs0']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const started = JSON.parse(stdout) as Started;
    expect(schemaFaults('sandbox', started)).toEqual([]);
    const { env, pid } = started;
    expect(env['FEDCTL_URI']).toMatch(/replicaSet=rs0$/);
    expect(process.kill(pid, 0)).toBe(true);
    expect((await runBin(['status', '--json'], { env })).code).toBe(0);
    expect((await runBin(['sandbox', 'stop'], { env })).stdout).toBe('The lab is stopped.\n');
    expect((await runBin(['sandbox', 'status', '--json'], { env })).code).toBe(6);
  });

  test('--env-file holds the variables, and stderr says how it ends', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'lab.env');
    const { code, stdout, stderr } = await runBin(['sandbox', '--detach', '--env-file', file]);
    const text = readFileSync(file, 'utf8');
    const env = Object.fromEntries(
      [...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, k, v]) => [k ?? '', v]),
    );
    await runBin(['sandbox', 'stop'], { env });
    expect({ code, stdout, mode: statSync(file).mode & 0o777 }).toEqual({ code: 0, stdout: '', mode: 0o600 });
    expect(stderr).toMatch(
      /\n\nIn another terminal:\n {2}\. \/\S+\n"fedctl sandbox stop" stops the lab\.\n$/,
    );
  });

  test('--env-file in the working directory is read by every shell as it is printed', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    const started = await runBin(['sandbox', '--detach', '--env-file', 'my lab.env'], { cwd });
    const command = /^ {2}(\. .*)$/m.exec(started.stderr)?.[1] ?? '';
    try {
      expect(command).toBe(". './my lab.env'");
      // If sh is dash, it searches PATH for a name without a slash.
      const shown = spawnSync('sh', ['-c', `${command} && echo "$FEDCTL_SANDBOX_URL"`], {
        cwd,
        encoding: 'utf8',
      });
      expect(shown.stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\n$/);
      // A second lab must not overwrite the variables of the first lab, which could not be stopped without
      // them.
      const before = readFileSync(join(cwd, 'my lab.env'), 'utf8');
      for (const more of [['--detach'], ['--', 'true']]) {
        const second = await runBin(['sandbox', '--env-file', 'my lab.env', ...more], { cwd });
        expect({ code: second.code, stdout: second.stdout }).toEqual({ code: 2, stdout: '' });
        expect(second.stderr).toContain('"my lab.env" contains the variables of a running lab.');
        expect(second.stderr).toContain(`--env-file 'my lab-2.env'`);
        expect(second.stderr).toMatch(/code: {3}usage\.file-exists\n$/);
      }
      expect(readFileSync(join(cwd, 'my lab.env'), 'utf8')).toBe(before);
    } finally {
      spawnSync('sh', ['-c', `${command} && exec "$0" -- "$1" sandbox stop`, process.execPath, BIN], { cwd });
    }
    // The first lab is stopped, so its file may be replaced.
    expect((await runBin(['sandbox', '--env-file', 'my lab.env', '--', 'true'], { cwd })).code).toBe(0);
  });

  test('tells why the lab did not start, in its own words', async () => {
    const lab = await runLab();
    const port = new URL(lab.env['FEDCTL_URI'] ?? '').port;
    const { code, stdout, stderr } = await runBin(['sandbox', '--detach', '--mongo-port', port]);
    await lab.stop();
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(
      stderr,
    ).toBe(`error: The lab's MongoDB server cannot listen on 127.0.0.1:${port}: the port is in use.
cause:  Another program listens on the port that is configured for the lab.
remedy: Omit the port. The lab then selects a free port.
code:   lab.port-taken
`);
  });

  test('takes no command to run', async () => {
    const { code, stderr } = await runBin(['sandbox', '--detach', '--json', '--', 'true']);
    expect({ code, message: JSON.parse(stderr).error.message }).toEqual({
      code: 2,
      message: 'With --detach, the lab runs in the background and cannot run a command.',
    });
  });
});
