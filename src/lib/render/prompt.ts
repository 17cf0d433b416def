import { Writable } from 'node:stream';
import type { InputStream, OutputStream } from '../core/context.ts';
import { Interruption, underEither } from '../core/deadline.ts';
import { Secret } from '../core/secret.ts';
import { escapeText } from './escape.ts';

/**
 * The streams of a prompt. The answer is read from standard input. The prompt is written to standard error,
 * because standard output is for results.
 */
export interface Terminal {
  readonly stdin: InputStream;
  readonly stderr: OutputStream;
  readonly signal: AbortSignal;
}

/** Returns whether fedctl can prompt the user. */
export function canAsk(terminal: Pick<Terminal, 'stdin' | 'stderr'>): boolean {
  // stdin is tested last, because reading this property opens standard input.
  return terminal.stderr.isTTY === true && terminal.stdin.isTTY === true;
}

interface Key {
  readonly ctrl?: boolean;
  readonly name?: string;
}

/**
 * Prompts for a line of text.
 *
 * @returns the text; null if the user cancelled with Ctrl-D or Escape, or at the end of the input
 * @throws Interruption on Ctrl-C; the abort reason, if the signal of the terminal is aborted
 */
export async function askText(message: string, terminal: Terminal): Promise<string | null> {
  const { text } = await import('@clack/prompts');
  return await answered(terminal, (common) => text({ message: escapeText(message), ...common }));
}

/**
 * Prompts for a secret. The terminal does not show the typed characters.
 *
 * @param fault returns the reason why an answer is invalid; null for a valid answer. After an invalid answer,
 * the user is prompted again.
 * @returns the secret without surrounding white space; null if the user cancelled
 * @throws Interruption on Ctrl-C; the abort reason, if the signal is aborted
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

/** The options that all clack prompts share. */
interface QuestionOptions {
  readonly input: InputStream;
  readonly output: Writable;
  readonly withGuide: false;
  readonly signal: AbortSignal;
}

/**
 * Runs a prompt. In raw mode Ctrl-C sends no signal, so this function throws the interruption. On Ctrl-D and
 * at the end of the input, this function aborts the prompt, because clack would continue to wait
 * (facts/dependencies.md 6).
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
    // Abort only after clack has handled the key. If the prompt were aborted first, clack would draw it
    // again.
    if (key.name === 'd') setImmediate(() => left.abort());
  };
  const onEnd = () => left.abort();
  stdin.on('keypress', onKey).on('end', onEnd).on('close', onEnd);
  try {
    const answer = await underEither(signal, left.signal, (stopped) =>
      put({ input: stdin, output: withoutColor(stderr), withGuide: false, signal: stopped }),
    );
    if (signal.aborted) throw signal.reason;
    if (interrupted) throw new Interruption('interrupted');
    return typeof answer === 'symbol' ? null : answer;
  } finally {
    stdin.off('keypress', onKey).off('end', onEnd).off('close', onEnd);
  }
}

/**
 * Matches color sequences (Select Graphic Rendition). Does not match sequences that move the cursor, because
 * they end with other letters.
 */
const COLOR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`, 'g');

const USUAL_COLUMNS = 80;

/** Removes colors, because clack adds them with `styleText`, which ignores NO_COLOR in Node.js 20. */
function withoutColor(stream: OutputStream): Writable {
  const plain = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      stream.write(String(chunk).replace(COLOR, ''));
      done();
    },
  });
  // A terminal may report zero columns. With zero columns, clack would wrap the prompt after each letter.
  return Object.assign(plain, { columns: stream.columns || USUAL_COLUMNS, isTTY: true });
}
