import type { Context, OutputStream } from '../core/context.ts';
import type { Redactor } from '../core/redactor.ts';
import type { Secret } from '../core/secret.ts';
import { escapeLine, splitAtHang } from './escape.ts';
import type { JsonLine } from './json.ts';
import { inAscii } from './locale.ts';
import { isInActions, type WorkflowCommand, withoutCommands } from './workflow-command.ts';
import { columnsOf, loadWrap, type Wrap } from './wrap.ts';

/**
 * One line of output, without its end: text with colours of a Theme, a document, or a command that GitHub Actions is to
 * obey.
 */
export type Line = string | JsonLine | WorkflowCommand;

export interface WriteOptions {
  /** The secrets that these lines are to show, because the user asked for them. */
  readonly discloses?: readonly Secret[];
  readonly end?: '\n' | '\r\n';
}

/**
 * Writes lines to stdout or stderr. All output goes through here or through `fileText`: they remove the secrets of the
 * run and are the only places that escape. Everything before them carries text as it came. On a terminal, text that may
 * be wrapped is wrapped here, after all that.
 */
export interface Output {
  write(lines: readonly Line[], options?: WriteOptions): void;
}

/**
 * Under GITHUB_ACTIONS the runner obeys no line but a WorkflowCommand.
 *
 * @param ascii whether symbols beyond ASCII are replaced
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

/** What a report file holds. A job may show the file in its log, so the runner obeys no line of it, wherever it is made. */
export function fileText(lines: readonly Line[], redactor: Redactor): string {
  return lines.flatMap((line) => shown(line, redactor, [], true, null).map((text) => `${text}\n`)).join('');
}

/** The lines of a document; its last line may end or not. */
export function linesOf(document: string): readonly string[] {
  return document === '' ? [] : document.replace(/\r?\n$/, '').split(/\r?\n/);
}

/** A Wrap for the width that the terminal has now. */
type WrapLine = (...line: [before: string, text: string]) => ReturnType<Wrap>;

/** @param wrap null: a line stays one line */
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
