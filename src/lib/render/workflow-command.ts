import type { Redactor } from '../core/redactor.ts';
import { escapeText } from './escape.ts';

/** Whether the runner of GitHub Actions reads what is written. */
export function isInActions(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env['GITHUB_ACTIONS'] ?? '') !== '';
}

/**
 * A workflow command that fedctl gives to the runner of GitHub Actions: a line that an Output writes as it is. No other
 * line becomes one. GitHub's own escaping (actions/toolkit, packages/core/src/command.ts).
 */
export class WorkflowCommand {
  /** @param clean removes the secrets of the run from a text */
  readonly #line: (clean: (text: string) => string) => string;

  private constructor(line: (clean: (text: string) => string) => string) {
    this.#line = line;
  }

  /** `::error title=…::…`: a message for people, of one or more lines. */
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

  /** `::add-mask::…`: the runner removes the value, and each line of it, from the log from now on. */
  static mask(value: string): WorkflowCommand {
    return new WorkflowCommand(() => `::add-mask::${escapeData(value)}`);
  }

  /** Without the secrets of the run; only a mask tells one, to the runner, which hides it. */
  written(redactor: Redactor): string {
    return this.#line((text) => redactor.redact(text));
  }
}

/**
 * A line that the runner shows and does not obey. The runner takes `::name …::` at the beginning of a line, Unicode
 * blanks aside, and `##[name …]` anywhere in a line (actions/runner, ActionCommand.cs).
 *
 * @param line escaped: without control characters other than those of colours
 */
export function withoutCommands(line: string): string {
  return line.replaceAll('##[', '#\\u{23}[').replace(LEADING_COMMAND, '$1\\u{3a}:');
}

/** Colours at the beginning count as blanks: a runner may remove them first. */
const LEADING_COMMAND = new RegExp(`^((?:\\s|${String.fromCharCode(27)}\\[[\\d;]*m)*)::`);

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
