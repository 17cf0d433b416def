import { Writable } from 'node:stream';
import type { InputStream, OutputStream } from '../core/context.ts';
import { Interruption, underEither } from '../core/deadline.ts';
import { Secret } from '../core/secret.ts';
import { escapeText } from './escape.ts';

/** Where a question is asked: the answer comes from stdin, and the question goes to stderr, beside the answer of the run. */
export interface Terminal {
  readonly stdin: InputStream;
  readonly stderr: OutputStream;
  readonly signal: AbortSignal;
}

/** Whether there is somebody to ask. */
export function canAsk(terminal: Pick<Terminal, 'stdin' | 'stderr'>): boolean {
  // stdin is opened by looking at it, so it comes last.
  return terminal.stderr.isTTY === true && terminal.stdin.isTTY === true;
}

interface Key {
  readonly ctrl?: boolean;
  readonly name?: string;
}

/**
 * Asks for a line of text on a terminal.
 *
 * @returns what was typed; null when the question was left by Ctrl-D, Escape or the end of the input
 * @throws Interruption on Ctrl-C, the signal's reason when it fires
 */
export async function askText(message: string, terminal: Terminal): Promise<string | null> {
  const { text } = await import('@clack/prompts');
  return await answered(terminal, (common) => text({ message: escapeText(message), ...common }));
}

/**
 * Asks for a secret: what is typed is not shown.
 *
 * @param fault why an answer cannot be; the question then stays. null for one that can.
 * @returns what was typed, without white space around it; null when the question was left
 * @throws Interruption on Ctrl-C, the signal's reason when it fires
 */
export async function askHidden(
  message: string,
  terminal: Terminal,
  fault: (typed: string) => string | null,
): Promise<Secret | null> {
  const { password } = await import('@clack/prompts');
  const typed = await answered(terminal, (common) =>
    password({
      message: escapeText(message),
      mask: '*',
      clearOnError: true,
      validate: (answer) => fault(answer ?? '') ?? undefined,
      ...common,
    }),
  );
  return typed === null ? null : new Secret(typed.trim());
}

/** What every question of clack takes. */
interface QuestionOptions {
  readonly input: InputStream;
  readonly output: Writable;
  readonly withGuide: false;
  readonly signal: AbortSignal;
}

/**
 * Puts a question. In raw mode no signal comes of Ctrl-C, so it is made one here; Ctrl-D and the end of the input are
 * not heard by clack, which would wait for ever (facts/dependencies.md 6).
 */
async function answered(
  { stdin, stderr, signal }: Terminal,
  put: (common: QuestionOptions) => Promise<string | symbol>,
): Promise<string | null> {
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
    const answer = await underEither(signal, left.signal, (stopped) =>
      put({ input: stdin, output: withoutColour(stderr), withGuide: false, signal: stopped }),
    );
    if (signal.aborted) throw signal.reason;
    if (interrupted) throw new Interruption('interrupted');
    return typeof answer === 'symbol' ? null : answer;
  } finally {
    stdin.off('keypress', onKey).off('end', onEnd).off('close', onEnd);
  }
}

/** Select Graphic Rendition: what colours are made of; the sequences that move the cursor end otherwise. */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

const USUAL_COLUMNS = 80;

/** clack colours through Node, which on Node 20 asks no NO_COLOR: one question needs no colour. */
function withoutColour(stream: OutputStream): Writable {
  const plain = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stream.write(String(chunk).replace(COLOUR, ''));
      done();
    },
  });
  // A terminal may say that it has no columns at all, and the question would be broken after each letter.
  return Object.assign(plain, { columns: stream.columns || USUAL_COLUMNS, isTTY: true });
}
