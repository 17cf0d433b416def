import type { Context, OutputStream } from '../context.ts';
import { escapeLine } from './escape.ts';
import { WorkflowCommand, withoutCommands } from './workflow-command.ts';

/** One line of output, without its end: text with colours of a Theme, or a command that GitHub Actions is to obey. */
export type Line = string | WorkflowCommand;

export type LineEnd = '\n' | '\r\n';

/**
 * Writes lines to stdout or stderr. All output goes through here or through `fileText`: they are the only places that
 * escape, and everything before them carries text as it came.
 */
export interface Output {
  write(lines: readonly Line[], end?: LineEnd): void;
}

/** @param env under GITHUB_ACTIONS the runner obeys no line but a WorkflowCommand */
export function createOutput(stream: OutputStream, env: Context['env']): Output {
  const inActions = (env['GITHUB_ACTIONS'] ?? '') !== '';
  return {
    write(lines, end = '\n') {
      if (lines.length > 0) stream.write(textOf(lines, inActions, end));
    },
  };
}

/** What a report file holds. A job may show the file in its log, so the runner obeys no line of it, wherever it is made. */
export function fileText(lines: readonly Line[]): string {
  return textOf(lines, true, '\n');
}

/** The lines of a document; its last line may end or not. */
export function linesOf(document: string): readonly string[] {
  return document === '' ? [] : document.replace(/\r?\n$/, '').split(/\r?\n/);
}

function textOf(lines: readonly Line[], inActions: boolean, end: LineEnd): string {
  return lines.map((line) => `${shown(line, inActions)}${end}`).join('');
}

function shown(line: Line, inActions: boolean): string {
  if (line instanceof WorkflowCommand) return line.toString();
  const escaped = escapeLine(line);
  return inActions ? withoutCommands(escaped) : escaped;
}
