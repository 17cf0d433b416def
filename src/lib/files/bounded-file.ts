import { close, closeSync, constants, fstatSync, open, readSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { program } from '../core/command-line.ts';
import { bounded, within } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import { systemCode } from '../core/system-error.ts';

const openFile = promisify(open);
const closeFile = promisify(close);

/** The default of `--timeout`, in milliseconds. */
const LONGEST_WAIT_MS = 30_000;

const TOO_SLOW = {
  likelyCause: 'The program that writes to the pipe did not finish, or the file system does not respond.',
};

/**
 * Reads a complete small text file: a regular file, a named pipe, or a process substitution `<(…)` of a
 * shell. Waits for the writer of a pipe. Accepts an empty device such as /dev/null as an empty file, and
 * rejects other devices.
 *
 * Stops waiting when the signal fires or after `timeoutMs`. Never blocks a thread in `open()` for a pipe
 * without a writer, because `process.exit()` would wait for the blocked thread. If a file system such as NFS
 * does not respond, the reading thread remains blocked in the kernel and the process does not exit.
 *
 * @param path absolute, or relative to the working directory of the process
 * @param maxBytes maximum size of the file, in bytes
 * @param timeoutMs timeout of the complete operation, in milliseconds
 * @throws FedctlError usage.unreadable-input, whose `cause` is the system error, if a system call failed; the
 * abort reason, if the signal is aborted
 */
export async function readBoundedFile(
  path: string,
  maxBytes: number,
  signal: AbortSignal,
  timeoutMs = LONGEST_WAIT_MS,
): Promise<string> {
  signal.throwIfAborted();
  return bounded(signal, timeoutMs, async (bound) => {
    try {
      return await readWhole(path, maxBytes, bound);
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      if (!bound.aborted) throw cause;
      const reason = `reading it took longer than ${formatDuration(timeoutMs / 1000)}`;
      throw unreadable(path, reason, cause, TOO_SLOW);
    }
  });
}

async function readWhole(path: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  // Without O_NONBLOCK, `open()` would wait for the writer of a pipe. The waiting thread cannot be stopped.
  const opening = openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  let file: number;
  try {
    file = await within(signal, opening);
  } catch (cause) {
    // If `open()` succeeds later, the file is closed, because no code reads it.
    opening.then(closeFile).catch(() => {});
    throw signal.aborted ? cause : unreadable(path, reasonOf(cause), cause);
  }
  const kind = fstatSync(file);
  if (!kind.isFIFO()) return readAndClose(file, kind, path, maxBytes);
  // The stream of a pipe ends only after a writer has opened and closed the pipe. Therefore, reading the
  // stream also waits for the first writer.
  const pipe = new Socket({ fd: file, readable: true, writable: false });
  return readBoundedStream(pipe, path, maxBytes, signal);
}

/**
 * Reads synchronously, because this is faster. Reading does not block: the file system has already responded
 * to `open()`, and with O_NONBLOCK, a read from a device does not wait for data.
 */
function readAndClose(file: number, kind: Stats, path: string, maxBytes: number): string {
  try {
    if (kind.isDirectory()) throw unreadable(path, 'it is a directory');
    if (kind.isFile()) return readRegular(file, path, maxBytes);
    if (isEmpty(file)) return '';
    throw unreadable(path, 'it is a device');
  } finally {
    closeSync(file);
  }
}

/** Reads a regular file. Stops at the limit, even if the file grows faster than it is read. */
function readRegular(file: number, path: string, maxBytes: number): string {
  const buffer = Buffer.alloc(maxBytes + 1);
  let size = 0;
  try {
    while (size < buffer.length) {
      const count = readSync(file, buffer, size, buffer.length - size, null);
      if (count === 0) break;
      size += count;
    }
  } catch (cause) {
    throw unreadable(path, reasonOf(cause), cause);
  }
  if (size > maxBytes) throw tooLarge(path, maxBytes);
  return buffer.toString('utf8', 0, size);
}

function isEmpty(device: number): boolean {
  try {
    return readSync(device, Buffer.alloc(1)) === 0;
  } catch {
    return false;
  }
}

/**
 * Reads a stream to its end, up to `maxBytes`. Then destroys the stream, even if reading fails.
 *
 * @param name the name of the stream in messages
 * @throws FedctlError usage.unreadable-input; the abort reason, if the signal is aborted
 */
export async function readBoundedStream(
  stream: Readable,
  name: string,
  maxBytes: number,
  signal: AbortSignal,
): Promise<string> {
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    signal.throwIfAborted();
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Buffer | string);
      size += bytes.length;
      if (size > maxBytes) throw tooLarge(name, maxBytes);
      chunks.push(bytes);
    }
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw cause instanceof FedctlError ? cause : unreadable(name, reasonOf(cause), cause);
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
      return 'the file does not exist';
    case 'ENOTDIR':
      return 'part of its path is a file';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    case 'ELOOP':
      return 'its symbolic links form a loop';
    case 'ENXIO':
      return 'it is a socket';
    default:
      return `system error ${systemCode(error) || 'without a code'}`;
  }
}

function tooLarge(name: string, maxBytes: number): FedctlError {
  return unreadable(name, `it is larger than ${Math.floor(maxBytes / 1024)} KiB`);
}

function unreadable(
  name: string,
  reason: string,
  cause?: unknown,
  better: { readonly likelyCause?: string } = {},
): FedctlError {
  if (name === 'stdin') {
    return new FedctlError('usage.unreadable-input', {
      message: `Cannot read standard input: ${reason}.`,
      likelyCause: 'The input is not a single token, or the pipe was closed.',
      remedy: 'Mint a new token and pipe it to fedctl: "fedctl token --audience <audience> | fedctl decode".',
      details: { file: '-' },
      cause,
    });
  }
  return new FedctlError('usage.unreadable-input', {
    message: `Cannot read "${name}": ${reason}.`,
    remedy: 'Correct the path, or give this user read permission for the file.',
    command: program('ls', '-l', name),
    details: { file: name },
    ...better,
    cause,
  });
}
