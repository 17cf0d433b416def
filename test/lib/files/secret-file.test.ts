import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSecretFile } from '../../../src/lib/files/secret-file.ts';

let directory: string;
let target: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-secret-'));
  target = join(directory, 'token');
});

afterEach(() => rm(directory, { recursive: true }));

async function refusal(path: string) {
  return writeSecretFile(path, 'secret').then(
    () => null,
    (error: unknown) => error,
  );
}

describe('writeSecretFile', () => {
  it('writes exactly the content, readable only by the owner, and leaves no other file', async () => {
    await writeSecretFile(target, 'a.b.c');
    expect(await readFile(target, 'utf8')).toBe('a.b.c');
    expect((await stat(target)).mode & 0o777).toBe(0o600);
    expect(await readdir(directory)).toEqual(['token']);
  });

  it('replaces an existing file by another one, and with it a mode that was too open', async () => {
    await writeFile(target, 'a longer content than the new one', { mode: 0o644 });
    const before = await stat(target);
    await writeSecretFile(target, 'new');
    const after = await stat(target);
    expect(await readFile(target, 'utf8')).toBe('new');
    expect(after.mode & 0o777).toBe(0o600);
    expect(after.ino).not.toBe(before.ino);
  });

  it('never returns an incomplete file to a reader', async () => {
    await writeSecretFile(target, 'a'.repeat(50_000));
    const seen = new Set<string>();
    const writing = (async () => {
      for (const letter of 'bcdefghij') await writeSecretFile(target, letter.repeat(50_000));
    })();
    let done = false;
    void writing.then(() => {
      done = true;
    });
    while (!done) {
      const content = await readFile(target, 'utf8');
      expect(content).toHaveLength(50_000);
      seen.add([...new Set(content)].join(''));
    }
    await writing;
    expect([...seen].every((letters) => letters.length === 1)).toBe(true);
  });

  it.each([
    ['a directory', (path: string) => mkdir(path), 'it is a directory'],
    ['a symbolic link', (path: string) => symlink('/dev/null', path), 'it is a symbolic link'],
    [
      'a link to a regular file',
      (path: string) => symlink(join(directory, 'real'), path),
      'it is a symbolic link',
    ],
    [
      'a FIFO',
      async (path: string) => void execFileSync('mkfifo', [path]),
      'it is a device, a pipe or a socket',
    ],
  ])('refuses %s', async (_name, make, reason) => {
    await writeFile(join(directory, 'real'), 'untouched');
    await make(target);
    const before = await readdir(directory);
    expect(await refusal(target)).toMatchObject({
      code: 'usage.unwritable-output',
      exitCode: 2,
      message: `Cannot write "${target}": ${reason}, but a secret requires a regular file.`,
    });
    expect(await readdir(directory)).toEqual(before);
    expect(await readFile(join(directory, 'real'), 'utf8')).toBe('untouched');
  });

  it.each(['/dev/stdout', '/dev/null'])('refuses %s', async (path) => {
    expect(await refusal(path)).toMatchObject({ code: 'usage.unwritable-output' });
  });

  it('refuses a directory that does not exist', async () => {
    const path = join(directory, 'none', 'token');
    expect(await refusal(path)).toMatchObject({
      code: 'usage.unwritable-output',
      message: `Cannot write "${path}": its directory does not exist.`,
      cause: { code: 'ENOENT' },
    });
  });

  it('refuses a path through a file', async () => {
    await writeFile(target, '');
    const path = join(target, 'token');
    expect(await refusal(path)).toMatchObject({
      message: `Cannot write "${path}": part of the path is a file, not a directory.`,
    });
  });

  it.skipIf(process.getuid?.() === 0)('refuses a directory that may not be written to', async () => {
    await chmod(directory, 0o500);
    expect(await refusal(target)).toMatchObject({
      message: `Cannot write "${target}": its directory may not be written to.`,
    });
    await chmod(directory, 0o700);
  });

  it('leaves the old file and no other when it is stopped', async () => {
    await writeFile(target, 'old');
    const reason = new Error('stopped');
    await expect(writeSecretFile(target, 'new', AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(await readFile(target, 'utf8')).toBe('old');
    expect(await readdir(directory)).toEqual(['token']);
  });
});
