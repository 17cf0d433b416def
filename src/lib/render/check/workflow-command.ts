/**
 * Workflow commands of GitHub Actions: lines of a job's output that the runner acts on. It takes `::name …` at the
 * beginning of a line, blanks aside, and the older `##[name …]` anywhere in one (actions/runner, ActionCommand.cs).
 */

/** A line of output that the runner only shows, whatever text from outside is in it. */
export function withoutCommands(line: string): string {
  return line.replaceAll('##[', '#\\u{23}[').replace(/^(\s*)::/, '$1\\u{3a}:');
}

/** `::error title=…::…`. GitHub's own escaping (actions/toolkit, packages/core/src/command.ts). */
export function workflowCommand(
  name: 'error' | 'warning' | 'notice',
  properties: Readonly<Record<string, string>>,
  message: string,
): string {
  const listed = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(value)}`);
  return `::${name}${listed.length === 0 ? '' : ` ${listed.join(',')}`}::${escapedData(message)}`;
}

function escapedData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
