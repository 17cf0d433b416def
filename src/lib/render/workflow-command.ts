import type { Redactor } from '../core/redactor.ts';
import { escapeText } from './escape.ts';

/** Returns whether a GitHub Actions runner reads the output. */
export function isInActions(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env['GITHUB_ACTIONS'] ?? '') !== '';
}

/**
 * A workflow command for the GitHub Actions runner. An Output writes a WorkflowCommand unchanged and escapes
 * all other lines that the runner would interpret. Values are escaped by the rules of GitHub
 * (actions/toolkit, packages/core/src/command.ts).
 */
export class WorkflowCommand {
  /** @param clean removes the secrets of the run from a text */
  readonly #line: (clean: (text: string) => string) => string;

  private constructor(line: (clean: (text: string) => string) => string) {
    this.#line = line;
  }

  /** Creates `::error title=…::…`: a message of one or more lines, for people. */
  static annotation(
    name: 'error' | 'warning' | 'notice',
    title: string,
    message: readonly string[],
  ): WorkflowCommand {
    return new WorkflowCommand((clean) => {
      const text = message.map((line) => withoutCommands(escapeText(clean(line)))).join('\n');
      return `::${name} title=${escapeProperty(escapeText(clean(title)))}::${escapeData(text)}`;
    });
  }

  /**
   * Creates `::add-mask::…`: the runner hides the value, and each line of the value, in all later log output.
   */
  static mask(value: string): WorkflowCommand {
    return new WorkflowCommand(() => `::add-mask::${escapeData(value)}`);
  }

  /**
   * Returns the line without the secrets of the run. An `::add-mask::` command keeps its secret,
   * because the runner must know which value to hide.
   */
  written(redactor: Redactor): string {
    return this.#line((text) => redactor.redact(text));
  }
}

/**
 * Escapes a line so that the runner prints the line and does not interpret it. The runner interprets `::name
 * …::` at the beginning of a line, where Unicode white space may precede it, and `##[name …]` anywhere in a
 * line (actions/runner, ActionCommand.cs).
 *
 * @param line an escaped line, without control characters other than colors
 */
export function withoutCommands(line: string): string {
  return line.replaceAll('##[', '#\\u{23}[').replace(LEADING_COMMAND, '$1\\u{3a}:');
}

/**
 * Matches `::` at the beginning of a line, with any colors and white space before it. A runner may remove
 * the colors before it interprets the line.
 */
const LEADING_COMMAND = new RegExp(`^((?:\\s|${String.fromCharCode(27)}\\[[\\d;]*m)*)::`);

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
