import type { FedctlError, Warning } from '../errors.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Theme } from './theme.ts';

/** The JSON face of a failure: schema `fedctl.error/v1`. */
export function failureDocument(error: FedctlError, exitCode: ExitCode = error.exitCode) {
  return {
    schema: 'fedctl.error/v1',
    error: {
      code: error.code,
      message: error.message,
      cause: error.likelyCause,
      remedy: error.remedy,
      docs: `fedctl explain ${error.code}`,
      requestId: error.requestId,
      exitCode,
      details: error.details,
    },
  } as const;
}

/** The human face of a failure: what happened, why, what to type, and what it is called. */
export function failureLines(error: FedctlError, theme: Theme): readonly string[] {
  return [
    `${theme.bad('error:')} ${error.message}`,
    ...evidenceLines(error, theme),
    `${theme.dim('cause:')}  ${error.likelyCause}`,
    `${theme.dim('remedy:')} ${theme.typed(error.remedy)}`,
    theme.dim(
      error.requestId === null
        ? `code:   ${error.code}`
        : `code:   ${error.code}, request id ${error.requestId}`,
    ),
  ];
}

/** `details.evidence` is for people too: lines such as "audience of the token: x". */
function evidenceLines(error: FedctlError, theme: Theme): string[] {
  const evidence = error.details['evidence'];
  if (!Array.isArray(evidence)) return [];
  return evidence.filter((line) => typeof line === 'string').map((line) => `        ${theme.strong(line)}`);
}

export function warningLines({ message, remedy }: Warning, theme: Theme): readonly string[] {
  return [
    `${theme.caution('warning:')} ${message}`,
    ...(remedy === null ? [] : [`         ${theme.typed(remedy)}`]),
  ];
}
