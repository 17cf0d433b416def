import { close, constants, fstat, open, read } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { FedctlError } from '../errors.ts';
import { shellWord } from '../shell-word.ts';

const openFile = promisify(open);
const statFile = promisify(fstat);
const closeFile = promisify(close);

/**
 * Reads a small text file whole. A regular file or a pipe: `<(…)` of a shell is one. Never waits where a signal does
 * not reach.
 *
 * @param maxBytes more than this is refused
 * @throws FedctlError usage.unreadable-input; the signal's own reason
 */
export async function readBoundedFile(path: string, maxBytes: number, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  let file: number;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for its writer in a thread that nothing can stop.
    file = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (cause) {
    throw unreadable(path, reasonOf(cause), cause);
  }
  const kind = await statFile(file);
  if (kind.isFIFO()) {
    return readBoundedStream(
      new Socket({ fd: file, readable: true, writable: false }),
      path,
      maxBytes,
      signal,
    );
  }
  try {
    if (!kind.isFile()) {
      throw unreadable(path, kind.isDirectory() ? 'it is a directory' : 'it is a device, not a file');
    }
    return await readRegular(file, path, maxBytes);
  } finally {
    await closeFile(file);
  }
}

async function readRegular(file: number, path: string, maxBytes: number): Promise<string> {
  const buffer = Buffer.alloc(maxBytes + 1);
  let size = 0;
  while (size < buffer.length) {
    const count = await new Promise<number>((resolve, reject) => {
      read(file, buffer, size, buffer.length - size, null, (error, bytes) =>
        error === null ? resolve(bytes) : reject(unreadable(path, reasonOf(error), error)),
      );
    });
    if (count === 0) break;
    size += count;
  }
  if (size > maxBytes) throw tooLarge(path, maxBytes);
  return buffer.toString('utf8', 0, size);
}

/**
 * Reads a stream to its end, and no further than `maxBytes`. The stream is used up, whatever happens.
 *
 * @param name what a message calls it
 * @throws FedctlError usage.unreadable-input; the signal's own reason, at once when it fires
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
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'ENOENT':
      return 'there is no such file';
    case 'ENOTDIR':
      return 'part of its path is a file';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it';
    case 'ENAMETOOLONG':
      return 'its name is too long';
    case 'ELOOP':
      return 'its symbolic links go in circles';
    case 'ENXIO':
      return 'it is a socket';
    default:
      return `the system says ${String(code ?? 'no more')}`;
  }
}

function tooLarge(name: string, maxBytes: number): FedctlError {
  return unreadable(name, `it is larger than ${Math.floor(maxBytes / 1024)} KiB`);
}

function unreadable(name: string, reason: string, cause?: unknown): FedctlError {
  if (name === 'stdin') {
    return new FedctlError('usage.unreadable-input', {
      message: `Cannot read stdin: ${reason}.`,
      likelyCause: 'Something else than a single token was piped in, or the pipe broke.',
      remedy: 'fedctl token --audience <audience> | fedctl decode',
      details: { file: '-' },
      cause,
    });
  }
  return new FedctlError('usage.unreadable-input', {
    message: `Cannot read "${name}": ${reason}.`,
    remedy: `ls -l ${shellWord(name)}`,
    details: { file: name },
    cause,
  });
}
