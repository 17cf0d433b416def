import { Writable } from 'node:stream';
import type { InputStream, OutputStream } from '../core/context.ts';
import { Interruption, underEither } from '../core/deadline.ts';
import { Secret } from '../core/secret.ts';
import { escapeText } from './escape.ts';

/**
 * The streams of a question: the answer is read from stdin, and the question is written to stderr, because
 * stdout is for results.
 */
export interface Terminal {
  readonly stdin: InputStream;
  readonly stderr: OutputStream;
  readonly signal: AbortSignal;
}

/** Returns whether the user can be asked. */
export function canAsk(terminal: Pick<Terminal, 'stdin' | 'stderr'>): boolean {
  // Reading this property opens stdin, so it comes last.
  return terminal.stderr.isTTY === true && terminal.stdin.isTTY === true;
}

interface Key {
  readonly ctrl?: boolean;
  readonly name?: string;
}

/**
 * Asks for a line of text on a terminal.
 *
 * @returns what was typed; null when the question was cancelled by Ctrl-D, Escape or the end of the input
 * @throws Interruption on Ctrl-C, the signal's reason when it fires
 */
export async function askText(message: string, terminal: Terminal): Promise<string | null> {
  const { text } = await import('@clack/prompts');
  return await answered(terminal, (common) => text({ message: escapeText(message), ...common }));
}

/**
 * Asks for a secret, without showing what is typed.
 *
 * @param fault returns why an answer is invalid; the question then stays. null for a valid one.
 * @returns what was typed, without surrounding white space; null when the question was cancelled
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

/** The options that every question of clack takes. */
interface QuestionOptions {
  readonly input: InputStream;
  readonly output: Writable;
  readonly withGuide: false;
  readonly signal: AbortSignal;
}

/**
 * Asks a question. In raw mode Ctrl-C sends no signal, so it is created here. clack ignores Ctrl-D and the
 * end of the input and would wait for ever (facts/dependencies.md 6).
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
    // Only after clack has handled the key too: it would draw the question again after its end.
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

/**
 * Select Graphic Rendition, the sequences of colours. Sequences that move the cursor end with other letters.
 */
const COLOUR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

const USUAL_COLUMNS = 80;

/** clack uses the colours of Node.js, which on Node.js 20 ignores NO_COLOR. A question needs no colour. */
function withoutColour(stream: OutputStream): Writable {
  const plain = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stream.write(String(chunk).replace(COLOUR, ''));
      done();
    },
  });
  // A terminal may report zero columns, and the question would be broken after each letter.
  return Object.assign(plain, { columns: stream.columns || USUAL_COLUMNS, isTTY: true });
}
