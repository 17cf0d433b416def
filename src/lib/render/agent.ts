import type { OutputEvent } from '../auth/keep-fresh.ts';
import type { SuggestedCommand } from '../core/command-line.ts';
import { isFedctlError } from '../core/errors.ts';
import { rfc3339, timePair } from '../core/time.ts';

/**
 * Returns the complete command line for the suggested command of a failure. Returns null if there is no
 * suggested command, or if part of the command is unknown.
 */
type Offer = (command: SuggestedCommand | null) => string | null;

/** Formats an agent event as JSON: schema `fedctl.agent/v1`. Contains no secrets. */
export function agentEventDocument(output: string, event: OutputEvent, at: Date, offer: Offer) {
  const error = event.kind === 'failed' && isFedctlError(event.error) ? event.error : null;
  const expiresAt = event.kind === 'renewed' ? event.expiresAt : event.kind === 'failed' ? event.until : null;
  return {
    schema: 'fedctl.agent/v1',
    event: event.kind,
    output,
    ...timePair('at', at),
    ...(expiresAt === null ? { expiresAt: null, expiresAtEpoch: null } : timePair('expiresAt', expiresAt)),
    error:
      event.kind === 'failed'
        ? {
            code: error?.code ?? 'bug.unexpected',
            message: messageOf(event.error),
            cause: error?.likelyCause ?? null,
            remedy: error?.remedy ?? null,
            command: offer(error?.command ?? null),
          }
        : null,
  } as const;
}

/** Formats an agent event as lines for a log. */
export function agentEventLines(output: string, event: OutputEvent, offer: Offer): readonly string[] {
  if (event.kind === 'expired') return [`${output} has expired and was removed.`];
  if (event.kind === 'renewed') return [`${output} is valid until ${rfc3339(event.expiresAt)}.`];
  const error = isFedctlError(event.error) ? event.error : null;
  const until =
    event.until === null
      ? 'The file does not exist.'
      : `The existing file is valid until ${rfc3339(event.until)}.`;
  const command = offer(error?.command ?? null);
  return [
    `${output} cannot be renewed: ${messageOf(event.error)} ${until}`,
    ...(error === null ? [] : [`  cause:  ${error.likelyCause}`, `  remedy: ${error.remedy}`]),
    ...(command === null ? [] : [`  run:    ${command}`]),
    `  code:   ${error?.code ?? 'bug.unexpected'}`,
  ];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
