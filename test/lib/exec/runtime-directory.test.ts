import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identityOf, isGone } from '../../../src/lib/exec/process-identity.ts';
import { makeRuntimeDirectory } from '../../../src/lib/exec/runtime-directory.ts';

let base: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

const make = (env: Record<string, string> = { XDG_RUNTIME_DIR: base }) =>
  makeRuntimeDirectory({ env: { TMPDIR: base, ...env }, pid: process.pid });

/** A pid that was one a moment ago. */
async function endedProcess() {
  const child = spawn('sleep', ['60']);
  const identity = await identityOf(child.pid ?? 0);
  child.kill('SIGKILL');
  await once(child, 'exit');
  if (identity === null) throw new Error('it had ended before');
  return identity;
}

const nameFor = ({ pid, startedAt, namespace }: { pid: number; startedAt: number; namespace: number }) =>
  join(base, `fedctl-exec-${pid}-${startedAt}-${namespace}-abc123`);

describe('the directory of a run', () => {
  test('is private, in XDG_RUNTIME_DIR, and gone when it is removed', async () => {
    const directory = await make();
    expect(lstatSync(directory.path).mode & 0o777).toBe(0o700);
    expect(readdirSync(base)).toEqual([basename(directory.path)]);
    writeFileSync(join(directory.path, 'token'), 'x');
    await directory.remove();
    expect(readdirSync(base)).toEqual([]);
  });

  test.each([
    ['unset', {}],
    ['relative', { XDG_RUNTIME_DIR: 'run' }],
    ['not there', { XDG_RUNTIME_DIR: '/nonexistent/fedctl' }],
  ])('is in TMPDIR where XDG_RUNTIME_DIR is %s', async (_what, env) => {
    const directory = await makeRuntimeDirectory({ env: { TMPDIR: base, ...env }, pid: process.pid });
    expect(directory.path.startsWith(`${base}/`)).toBe(true);
  });

  test('that cannot be made is a failure', async () => {
    const env = { TMPDIR: '/nonexistent/fedctl' };
    await expect(makeRuntimeDirectory({ env, pid: process.pid })).rejects.toMatchObject({
      code: 'usage.unwritable-output',
    });
  });
});

describe('what killed runs left behind', () => {
  test('is removed, and nothing else', async () => {
    const gone = await endedProcess();
    const own = await identityOf(process.pid);
    if (own === null) throw new Error('this process has no identity');
    const keep = [
      nameFor(own),
      nameFor({ ...gone, namespace: gone.namespace + 1 }),
      join(base, 'fedctl-exec-1-2-x'),
      join(base, 'something'),
    ];
    for (const path of [nameFor(gone), nameFor({ ...own, startedAt: own.startedAt - 1 }), ...keep]) {
      mkdirSync(path);
      writeFileSync(join(path, 'token'), 'x');
    }
    const directory = await make();
    expect(readdirSync(base).sort()).toEqual([...keep, directory.path].map((path) => basename(path)).sort());
  });

  test('is no link, and no file that has such a name', async () => {
    const gone = await endedProcess();
    const precious = join(base, 'precious');
    mkdirSync(precious);
    symlinkSync(precious, nameFor(gone));
    const file = nameFor(gone).replace('abc123', 'file12');
    writeFileSync(file, '');
    await make();
    expect([precious, nameFor(gone), file].map((path) => existsSync(path))).toEqual([true, true, true]);
  });
});

test('a process is itself, and gone when it has ended or its pid is used again', async () => {
  const own = await identityOf(process.pid);
  if (own === null) throw new Error('this process has no identity');
  expect(await identityOf(process.pid)).toEqual(own);
  expect(await isGone(own)).toBe(false);
  expect(await isGone({ ...own, startedAt: own.startedAt + 1 })).toBe(true);
  expect(await isGone(await endedProcess())).toBe(true);
});
