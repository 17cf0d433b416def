import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isFedctlError } from '../../../src/lib/core/errors.ts';
import { lockFile } from '../../../src/lib/exec/file-lock.ts';
import { identityOf } from '../../../src/lib/exec/process-identity.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
  file = join(directory, 'token');
});

afterEach(() => rmSync(directory, { recursive: true }));

/** A lock as another process left it. */
function held(holder: string | null): void {
  mkdirSync(join(directory, '.token.lock'));
  if (holder !== null) writeFileSync(join(directory, '.token.lock', holder), '');
}

const lock = () => lockFile(file, process.pid);

describe('the lock of a file', () => {
  test('is had once, and again when it was given back', async () => {
    const release = await lock();
    await expect(lock()).rejects.toMatchObject({
      code: 'exec.output-in-use',
      message: `Another fedctl agent (process ${process.pid}) writes "${file}".`,
      details: { path: file, pid: process.pid },
    });
    await release();
    await (await lock())();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('of a process that was killed is taken over', async () => {
    const child = spawn('sleep', ['60']);
    const identity = await identityOf(child.pid ?? 0);
    child.kill('SIGKILL');
    await once(child, 'exit');
    held(`${identity?.pid}-${identity?.startedAt}-${identity?.namespace}-x`);
    await (await lock())();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('that a killed process was about to make or to give back belongs to nobody', async () => {
    for (const holder of ['free', 'nonsense', null]) {
      held(holder);
      await (await lock())();
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  test.each([['free'], ['a dead process'], [null]])(
    'goes to one of many that come at once, where it was held by %s',
    async (holder) => {
      const own = await identityOf(process.pid);
      const dead = `${process.pid}-${(own?.startedAt ?? 0) - 1}-${own?.namespace}-x`;
      held(holder === 'a dead process' ? dead : holder);
      const tried = await Promise.allSettled(Array.from({ length: 20 }, lock));
      const refused = tried.filter((one) => one.status === 'rejected').map(({ reason }) => reason);
      expect(tried.length - refused.length).toBe(1);
      expect(new Set(refused.map((error) => (isFedctlError(error) ? error.code : error)))).toEqual(
        new Set(['exec.output-in-use']),
      );
      expect(readdirSync(directory)).toEqual(['.token.lock']);
    },
  );

  test('that cannot be made is a failure', async () => {
    await expect(lockFile('/nonexistent/fedctl/token', process.pid)).rejects.toMatchObject({
      code: 'usage.unwritable-output',
    });
  });
});
