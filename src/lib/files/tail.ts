import type { InputStream } from '../core/context.ts';
import { FedctlError } from '../core/errors.ts';

/** The last part of a stream. */
export interface Tail {
  readonly text: string;
  /** The number of line breaks in the stream before the text. */
  readonly linesBefore: number;
}

const LINE_BREAK = 0x0a;

/**
 * Reads a stream of any length to its end, and keeps the last `maxBytes`. Reads everything, so that the
 * writer of a pipe is never blocked and never gets an error.
 *
 * @throws FedctlError usage.unreadable-input; the abort reason, if the signal is aborted
 */
export async function readTail(stream: InputStream, maxBytes: number, signal: AbortSignal): Promise<Tail> {
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  const kept: Buffer[] = [];
  let size = 0;
  let linesBefore = 0;
  try {
    signal.throwIfAborted();
    for await (const chunk of stream) {
      const bytes = Buffer.from(chunk as Buffer | string);
      kept.push(bytes);
      size += bytes.length;
      while (size > maxBytes) {
        const over = Math.min(size - maxBytes, kept[0]?.length ?? 0);
        const first = kept.shift() ?? Buffer.alloc(0);
        linesBefore += countBreaks(first.subarray(0, over));
        if (over < first.length) kept.unshift(first.subarray(over));
        size -= over;
      }
    }
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw new FedctlError('usage.unreadable-input', {
      message: 'Cannot read standard input: the pipe was closed.',
      likelyCause: 'The program that writes to the pipe failed.',
      remedy: 'Pipe the output of a command: "<command> 2>&1 | fedctl explain -".',
      details: { file: '-' },
      cause,
    });
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
  return { text: Buffer.concat(kept).toString('utf8'), linesBefore };
}

function countBreaks(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, at + 1)) count += 1;
  return count;
}
