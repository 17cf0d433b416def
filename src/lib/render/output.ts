import type { Context, OutputStream } from '../core/context.ts';
import type { Redactor } from '../core/redactor.ts';
import type { Secret } from '../core/secret.ts';
import { escapeLine } from './escape.ts';
import type { JsonLine } from './json.ts';
import { type WorkflowCommand, withoutCommands } from './workflow-command.ts';

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
 * run and are the only places that escape. Everything before them carries text as it came.
 */
export interface Output {
  write(lines: readonly Line[], options?: WriteOptions): void;
}

/** Under GITHUB_ACTIONS the runner obeys no line but a WorkflowCommand. */
export function createOutput(
  stream: OutputStream,
  { env, redactor }: Pick<Context, 'env' | 'redactor'>,
): Output {
  const inActions = (env['GITHUB_ACTIONS'] ?? '') !== '';
  return {
    write(lines, { discloses = [], end = '\n' } = {}) {
      const texts = lines.map((line) => `${shown(line, redactor, discloses, inActions)}${end}`);
      if (texts.length > 0) stream.write(texts.join(''));
    },
  };
}

/** What a report file holds. A job may show the file in its log, so the runner obeys no line of it, wherever it is made. */
export function fileText(lines: readonly Line[], redactor: Redactor): string {
  return lines.map((line) => `${shown(line, redactor, [], true)}\n`).join('');
}

/** The lines of a document; its last line may end or not. */
export function linesOf(document: string): readonly string[] {
  return document === '' ? [] : document.replace(/\r?\n$/, '').split(/\r?\n/);
}

function shown(line: Line, redactor: Redactor, discloses: readonly Secret[], inActions: boolean): string {
  if (typeof line !== 'string') return line.written(redactor, discloses);
  const escaped = escapeLine(redactor.redact(line, discloses));
  return inActions ? withoutCommands(escaped) : escaped;
}
