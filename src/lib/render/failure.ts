import type { FedctlError, Warning } from '../core/errors.ts';
import type { ExitCode } from '../core/exit-codes.ts';
import type { Theme } from './theme.ts';

/** A warning with its complete command. */
export interface ToldWarning extends Omit<Warning, 'command'> {
  readonly command: string | null;
}

/**
 * Formats a failure as JSON: schema `fedctl.error/v1`.
 *
 * @param command the complete command that fixes the failure; null if no command is known
 */
export function failureDocument(
  error: FedctlError,
  command: string | null,
  exitCode: ExitCode = error.exitCode,
) {
  return {
    schema: 'fedctl.error/v1',
    error: {
      code: error.code,
      message: error.message,
      cause: error.likelyCause,
      remedy: error.remedy,
      command,
      docs: `fedctl explain ${error.code}`,
      requestId: error.requestId,
      exitCode,
      details: error.details,
    },
  } as const;
}

/** Formats a failure for people: message, cause, remedy, command and code. */
export function failureLines(error: FedctlError, command: string | null, theme: Theme): readonly string[] {
  return [
    `${theme.bad('error:')} ${theme.prose(error.message)}`,
    ...evidenceLines(error, theme),
    `${theme.dim('cause:')}  ${theme.prose(error.likelyCause)}`,
    `${theme.dim('remedy:')} ${theme.prose(error.remedy)}`,
    ...(command === null ? [] : [`${theme.dim('run:')}    ${theme.typed(command)}`]),
    theme.dim(
      error.requestId === null
        ? `code:   ${error.code}`
        : `code:   ${error.code}, request id ${error.requestId}`,
    ),
  ];
}

/** Returns the lines in `details.evidence`, such as "audience of the token: x". */
function evidenceLines(error: FedctlError, theme: Theme): string[] {
  const evidence = error.details['evidence'];
  if (!Array.isArray(evidence)) return [];
  return evidence
    .filter((line) => typeof line === 'string')
    .map((line) => `        ${theme.prose(theme.strong(line))}`);
}

export function warningLines({ message, remedy, command }: ToldWarning, theme: Theme): readonly string[] {
  return [
    `${theme.caution('warning:')} ${theme.prose(message)}`,
    ...(remedy === null ? [] : [`         ${theme.prose(remedy)}`]),
    ...(command === null ? [] : [`         ${theme.typed(command)}`]),
  ];
}
