import type { Context, OutputStream } from '../core/context.ts';
import type { Redactor } from '../core/redactor.ts';
import type { Secret } from '../core/secret.ts';
import { escapeLine, splitAtHang } from './escape.ts';
import type { JsonLine } from './json.ts';
import { inAscii } from './locale.ts';
import { isInActions, type WorkflowCommand, withoutCommands } from './workflow-command.ts';
import { columnsOf, loadWrap, type Wrap } from './wrap.ts';

/**
 * One line of output without its line ending: text with colors of a Theme, a JSON document, or a workflow
 * command for GitHub Actions.
 */
export type Line = string | JsonLine | WorkflowCommand;

export interface WriteOptions {
  /** Secrets that these lines may show, because the user requested them. */
  readonly discloses?: readonly Secret[];
  readonly end?: '\n' | '\r\n';
}

/**
 * Writes lines to standard output or standard error. All output is written by an Output or formatted by
 * `fileText`. Only an Output and `fileText` remove secrets and escape text. All other code uses the original
 * text. On a terminal, prose is wrapped after escaping.
 */
export interface Output {
  write(lines: readonly Line[], options?: WriteOptions): void;
}

/**
 * Creates an output. If GITHUB_ACTIONS is set, escapes all lines that the runner would interpret, except a
 * WorkflowCommand.
 *
 * @param ascii whether to replace drawing characters with ASCII characters
 */
export async function createOutput(
  stream: OutputStream,
  { env, redactor }: Pick<Context, 'env' | 'redactor'>,
  ascii = false,
): Promise<Output> {
  const inActions = isInActions(env);
  const wrap = columnsOf(stream) === null ? null : await loadWrap();
  return {
    write(lines, { discloses = [], end = '\n' } = {}) {
      const columns = columnsOf(stream);
      const wrapLine: WrapLine | null =
        wrap === null || columns === null ? null : (before, text) => wrap(before, text, columns);
      const texts = lines.flatMap((line) => shown(line, redactor, discloses, inActions, wrapLine));
      const symbols = ascii ? texts.map(inAscii) : texts;
      if (texts.length > 0) stream.write(symbols.map((text) => `${text}${end}`).join(''));
    },
  };
}

/**
 * Returns the content of a report file. No line may be a workflow command, because a job may print the file
 * to its log.
 */
export function fileText(lines: readonly Line[], redactor: Redactor): string {
  return lines.flatMap((line) => shown(line, redactor, [], true, null).map((text) => `${text}\n`)).join('');
}

/** Splits a document into lines. A newline at the end of the document is optional. */
export function linesOf(document: string): readonly string[] {
  return document === '' ? [] : document.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** Wraps a line to the current width of the terminal. */
type WrapLine = (...line: [before: string, text: string]) => ReturnType<Wrap>;

/** @param wrap null to keep lines unwrapped */
function shown(
  line: Line,
  redactor: Redactor,
  discloses: readonly Secret[],
  inActions: boolean,
  wrap: WrapLine | null,
): readonly string[] {
  if (typeof line !== 'string') return [line.written(redactor, discloses)];
  const [before, text] = splitAtHang(redactor.redact(line, discloses));
  const lines =
    text === null || wrap === null
      ? [escapeLine(`${before}${text ?? ''}`)]
      : wrap(escapeLine(before), escapeLine(text));
  return inActions ? lines.map(withoutCommands) : lines;
}
