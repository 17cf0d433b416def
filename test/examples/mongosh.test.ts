import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';
import { BIN } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

/** Installed by `npm run test:clients`, which runs this test, too. */
const MONGOSH = join(ROOT, 'test/clients/node_modules/.bin/mongosh');
const hasMongosh = existsSync(MONGOSH);
const hasAws = spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0;

const WHO = 'print(db.runCommand({connectionStatus: 1}).authInfo.authenticatedUsers[0].user)';

describe('mongosh with temporary credentials', () => {
  let lab: RunningLab;
  let directory: string;

  beforeAll(async () => {
    lab = await runLab();
    directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    writeFileSync(join(directory, 'fedctl'), `#!/bin/sh\nexec ${process.execPath} -- ${BIN} "$@"\n`, {
      mode: 0o700,
    });
  });

  afterAll(async () => {
    await lab.stop();
    rmSync(directory, { recursive: true });
  });

  async function run(script: string) {
    const path = [directory, dirname(MONGOSH), process.env['PATH']].join(':');
    const env = { ...lab.env, HOME: directory, PATH: path, URI: lab.env['FEDCTL_URI'] };
    const args = ['--quiet', '--norc', '--eval', WHO];
    const { stdout } = await promisify(execFile)(join(ROOT, 'examples/mongosh', script), args, {
      env,
      timeout: 60_000,
    });
    return stdout;
  }

  test.skipIf(!hasMongosh || !hasAws)('by hand', { timeout: 60_000 }, async () => {
    expect(await run('by-hand.sh')).toBe('arn:aws:iam::123456789012:user/operator\n');
    const { entries } = JSON.parse((await lab.run(['sandbox', 'log', '--json'])).stdout);
    expect(entries.map(({ action }: { action: string }) => action)).toContain('GetSessionToken');
  });

  test.skipIf(!hasMongosh)('by fedctl exec', { timeout: 60_000 }, async () => {
    expect(await run('by-exec.sh')).toBe('arn:aws:iam::123456789012:user/operator\n');
  });
});
