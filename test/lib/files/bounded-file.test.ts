import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deadline } from '../../../src/lib/core/deadline.ts';
import { readBoundedFile } from '../../../src/lib/files/bounded-file.ts';

const NEVER = new AbortController().signal;

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-bounded-'));
});

afterEach(() => rm(directory, { recursive: true }));

function pipe(): string {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
}

/** Writes with a program of its own, whose open waits for the reader. */
function write(path: string, script: string) {
  return spawn('sh', ['-c', script], { env: { PIPE: path, PATH: process.env['PATH'] }, stdio: 'inherit' });
}

describe('readBoundedFile of a pipe', () => {
  it('waits for a writer that comes after the reader', async () => {
    const path = pipe();
    const reading = readBoundedFile(path, 100, NEVER);
    // The open of a reader is over once a writer can open without waiting.
    write(path, 'printf a >"$PIPE"');
    expect(await reading).toBe('a');
  });

  it('takes a writer that writes nothing for an empty file', async () => {
    const path = pipe();
    write(path, ': >"$PIPE"');
    expect(await readBoundedFile(path, 100, NEVER)).toBe('');
  });

  it.each([
    ['nobody opens', ''],
    ['somebody opens and never closes', 'exec 3>"$PIPE"; printf a >&3; read -r _ </dev/zero'],
  ])('gives up one that %s', async (_what, script) => {
    const path = pipe();
    const writer = script === '' ? null : write(path, script);
    await expect(readBoundedFile(path, 100, NEVER, 50)).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: `Cannot read "${path}": reading it took longer than 0 s.`,
      likelyCause: 'The program that writes to the pipe did not finish, or the file system does not respond.',
      details: { file: path },
    });
    writer?.kill('SIGKILL');
  });

  it('ends with a deadline of the caller, whose reason it passes on', async () => {
    const signal = deadline(NEVER, 20);
    await expect(readBoundedFile(pipe(), 100, signal)).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('reads no further than it may', async () => {
    const path = pipe();
    const writer = write(path, 'exec cat /dev/zero >"$PIPE" 2>/dev/null');
    await expect(readBoundedFile(path, 4096, NEVER)).rejects.toMatchObject({
      message: `Cannot read "${path}": it is larger than 4 KiB.`,
    });
    writer.kill('SIGKILL');
  });

  it('a process that waits for a pipe can exit', async () => {
    const script = `
      import { readBoundedFile } from ${JSON.stringify(new URL('../../../dist/lib/files/bounded-file.js', import.meta.url).href)};
      const waits = Array.from({ length: 8 }, () => readBoundedFile(process.argv[1], 100, new AbortController().signal, 50));
      const ends = await Promise.allSettled(waits);
      process.exit(ends.every(({ status }) => status === 'rejected') ? 0 : 1);`;
    execFileSync(process.execPath, ['--input-type=module', '--eval', script, '--', pipe()], {
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
  });
});

describe('readBoundedFile of something else', () => {
  it('takes /dev/null for an empty file', async () => {
    expect(await readBoundedFile('/dev/null', 100, NEVER)).toBe('');
  });

  it.each(['/dev/zero', '/dev/full'])('refuses %s', async (path) => {
    await expect(readBoundedFile(path, 100, NEVER)).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: `Cannot read "${path}": it is a device.`,
    });
  });
});
