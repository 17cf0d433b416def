import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readInput } from '../../../src/lib/files/input.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-input-'));
});

afterEach(() => rm(directory, { recursive: true }));

const NEVER = new AbortController().signal;

function read(name: string, stdin: Readable = Readable.from([]), signal: AbortSignal = NEVER) {
  return readInput(name, { stdin, cwd: directory, signal });
}

describe('readInput from a file', () => {
  it('reads the text as it is', async () => {
    await writeFile(join(directory, 'token'), '\n a.b.c\r\n');
    expect(await read('token')).toBe('\n a.b.c\r\n');
  });

  it('reads 64 KiB and not a byte more', async () => {
    await writeFile(join(directory, 'full'), 'a'.repeat(65536));
    await writeFile(join(directory, 'over'), 'a'.repeat(65537));
    expect(await read('full')).toHaveLength(65536);
    await expect(read('over')).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      exitCode: 2,
      message: `Cannot read "${directory}/over": it is larger than 64 KiB.`,
    });
  });

  it('reads a pipe, as <(…) of a shell gives it', async () => {
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    // The shell's own open waits for a reader, so no order needs to be arranged.
    spawn('sh', ['-c', `{ printf a.b; printf .c; } > "${fifo}"`], { stdio: 'inherit' });
    const reading = read('fifo');
    expect(await reading).toBe('a.b.c');
  });

  it('stops waiting for a pipe that nobody writes to', async () => {
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    const controller = new AbortController();
    const reading = read('fifo', undefined, controller.signal);
    const reason = new Error('stopped');
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toBe(reason);
  });

  it.each([
    ['none', 'the file does not exist'],
    ['directory', 'it is a directory'],
    ['token/x', 'part of its path is a file'],
    ['/dev/zero', 'it is a device'],
  ])('refuses %s', async (name, reason) => {
    await mkdir(join(directory, 'directory'));
    await writeFile(join(directory, 'token'), '');
    const path = name.startsWith('/') ? name : join(directory, name);
    await expect(read(name)).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      exitCode: 2,
      message: `Cannot read "${path}": ${reason}.`,
    });
  });

  it.skipIf(process.getuid?.() === 0)('refuses a file that this user may not read', async () => {
    await writeFile(join(directory, 'token'), '', { mode: 0 });
    await expect(read('token')).rejects.toMatchObject({
      message: `Cannot read "${directory}/token": this user may not read it.`,
    });
  });
});

describe('readInput from stdin', () => {
  it('reads to the end, whatever the pieces are', async () => {
    const euro = Buffer.from('€');
    const stdin = Readable.from([
      Buffer.from(' a'),
      euro.subarray(0, 1),
      euro.subarray(1),
      Buffer.from('b\n'),
    ]);
    expect(await read('-', stdin)).toBe(' a€b\n');
  });

  it('reads nothing as an empty text', async () => {
    expect(await read('-')).toBe('');
  });

  it('stops asking once it is too much', async () => {
    let given = 0;
    const endless = new Readable({
      read() {
        given += 1;
        this.push(Buffer.alloc(16 * 1024, 'a'));
      },
    });
    await expect(read('-', endless)).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: 'Cannot read standard input: it is larger than 64 KiB.',
    });
    expect(given).toBeLessThan(20);
    expect(endless.destroyed).toBe(true);
  });

  it('stops waiting when the run is stopped', async () => {
    const controller = new AbortController();
    const silent = new PassThrough();
    const reading = read('-', silent, controller.signal);
    const reason = new Error('stopped');
    setImmediate(() => controller.abort(reason));
    await expect(reading).rejects.toBe(reason);
    expect(silent.destroyed).toBe(true);
  });

  it('tells why stdin broke', async () => {
    const broken = new Readable({
      read() {
        this.destroy(Object.assign(new Error('gone'), { code: 'EIO' }));
      },
    });
    await expect(read('-', broken)).rejects.toMatchObject({
      message: 'Cannot read standard input: system error EIO.',
      cause: { message: 'gone' },
    });
  });
});
