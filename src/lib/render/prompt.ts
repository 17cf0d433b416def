import { Writable } from 'node:stream';
import type { InputStream, OutputStream } from '../context.ts';
import { Interruption } from '../deadline.ts';

/** Where a question is asked: the answer comes from stdin, and the question goes to stderr, beside the answer of the run. */
export interface Terminal {
  readonly stdin: InputStream;
  readonly stderr: OutputStream;
  readonly signal: AbortSignal;
}

/** Whether there is somebody to ask. */
export function canAsk({ stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>): boolean {
  return stdin.isTTY === true && stderr.isTTY === true;
}

interface Key {
  readonly ctrl?: boolean;
  readonly name?: string;
}

/**
 * Asks for a line of text on a terminal. In raw mode no signal comes of Ctrl-C, so it is made one here; Ctrl-D and the
 * end of the input are not heard by clack, which would wait for ever (facts/dependencies.md 6).
 *
 * @returns what was typed; null when the question was left by Ctrl-D, Escape or the end of the input
 * @throws Interruption on Ctrl-C, the signal's reason when it fires
 */
export async function askText(message: string, { stdin, stderr, signal }: Terminal): Promise<string | null> {
  const { text, isCancel } = await import('@clack/prompts');
  const left = new AbortController();
  let interrupted = false;
  const onKey = (_text: string | undefined, key: Key | undefined) => {
    if (key?.ctrl !== true) return;
    if (key.name === 'c') interrupted = true;
    // Once clack has seen the key too: it would draw the question again after its end.
    if (key.name === 'd') setImmediate(() => left.abort());
  };
  const onEnd = () => left.abort();
  stdin.on('keypress', onKey).on('end', onEnd).on('close', onEnd);
  try {
    const answer = await text({
      message,
      input: stdin,
      output: withoutColour(stderr),
      withGuide: false,
      signal: AbortSignal.any([signal, left.signal]),
    });
    if (signal.aborted) throw signal.reason;
    if (interrupted) throw new Interruption('interrupted');
    return isCancel(answer) ? null : answer;
  } finally {
    stdin.off('keypress', onKey).off('end', onEnd).off('close', onEnd);
  }
}

/** Select Graphic Rendition: what colours are made of; the sequences that move the cursor end otherwise. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

/** clack colours through Node, which on Node 20 asks no NO_COLOR: one question needs no colour. */
function withoutColour(stream: OutputStream): Writable {
  const plain = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stream.write(String(chunk).replace(COLOUR, ''));
      done();
    },
  });
  return Object.assign(plain, { columns: stream.columns, isTTY: true });
}
