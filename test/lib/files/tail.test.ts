import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readTail } from '../../../src/lib/files/tail.ts';

const signal = new AbortController().signal;

function stream(...chunks: readonly (string | Buffer)[]) {
  return Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
}

describe('the end of a stream', () => {
  test('is all of it, when it is short', async () => {
    expect(await readTail(stream('a\nb', '\nc'), 100, signal)).toEqual({ text: 'a\nb\nc', linesBefore: 0 });
    expect(await readTail(stream(), 100, signal)).toEqual({ text: '', linesBefore: 0 });
  });

  test('is the last bytes of it, and the lines before are counted', async () => {
    expect(await readTail(stream('1\n2\n3\n', '4\n5'), 3, signal)).toEqual({ text: '4\n5', linesBefore: 3 });
    expect(await readTail(stream('1\n2\n3\n4\n5'), 4, signal)).toEqual({ text: '\n4\n5', linesBefore: 2 });
    expect(await readTail(stream(...'1\n2\n3\n4\n5'), 1, signal)).toEqual({ text: '5', linesBefore: 4 });
  });

  test('holds no more than was asked for, however long the stream is', async () => {
    const chunk = `${'x'.repeat(1023)}\n`;
    const { text, linesBefore } = await readTail(
      stream(...Array.from({ length: 5000 }, () => chunk)),
      4096,
      signal,
    );
    expect({ length: text.length, linesBefore }).toEqual({ length: 4096, linesBefore: 4996 });
  });

  test('comes at once when somebody interrupts, with the reason', async () => {
    const stop = new AbortController();
    const reading = readTail(new PassThrough(), 100, stop.signal);
    stop.abort(new Error('stopped'));
    await expect(reading).rejects.toThrow('stopped');
  });

  test('does not come when the pipe breaks', async () => {
    const pipe = new PassThrough();
    const reading = readTail(pipe, 100, signal);
    pipe.destroy(new Error('EPIPE'));
    await expect(reading).rejects.toMatchObject({
      code: 'usage.unreadable-input',
      message: 'Cannot read standard input: the pipe was closed.',
      remedy: 'Pipe the output of a command: "<command> 2>&1 | fedctl explain -".',
    });
  });
});
