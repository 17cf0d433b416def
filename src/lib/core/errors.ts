import { COMMANDS } from '../failures/commands.ts';
import { FAILURES, type FailureCode } from '../failures/failures.ts';
import type { Flag, SuggestedCommand } from './command-line.ts';
import type { ExitCode } from './exit-codes.ts';

const BRAND = Symbol.for('fedctl.error');

/**
 * The facts about one failure, in addition to the catalogue entry of its failure code. They must not contain
 * a secret.
 */
export interface FailureFacts {
  /**
   * One sentence that says what failed. Contains the account, principal, Region or endpoint if the user may
   * expect a different one.
   */
  readonly message: string;
  /** A more precise cause than the cause in the catalogue. */
  readonly likelyCause?: string;
  /**
   * A sentence with a more precise remedy than the remedy in the catalogue. The command in the catalogue is
   * then not used.
   */
  readonly remedy?: string;
  /** The complete command that fixes the failure; null if part of the command is unknown. */
  readonly command?: SuggestedCommand | null;
  /** The option with the invalid value. If `with` gets null, the new error has no option. */
  readonly option?: Flag | null;
  /** Machine-readable evidence for the JSON output. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string | null;
  /** The underlying error of another library. Shown only with --verbose. */
  readonly cause?: unknown;
}

/**
 * A failure with a code, a cause, a remedy and, for some failures, a command. To test for this class, use
 * `isFedctlError` instead of `instanceof`.
 */
export class FedctlError extends Error {
  readonly code: FailureCode;
  readonly exitCode: ExitCode;
  readonly likelyCause: string;
  readonly remedy: string;
  readonly command: SuggestedCommand | null;
  readonly option: Flag | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | null;
  readonly [BRAND] = true;

  constructor(code: FailureCode, facts: FailureFacts) {
    super(facts.message, facts.cause === undefined ? undefined : { cause: facts.cause });
    const row = FAILURES[code];
    this.name = 'FedctlError';
    this.code = code;
    this.exitCode = row.exit;
    this.likelyCause = facts.likelyCause ?? row.cause;
    this.remedy = facts.remedy ?? row.remedy;
    this.command = facts.command ?? (facts.remedy === undefined ? (COMMANDS[code] ?? null) : null);
    this.option = facts.option ?? null;
    this.details = this.option === null ? (facts.details ?? {}) : { option: this.option, ...facts.details };
    this.requestId = facts.requestId ?? null;
  }

  /** Returns a copy of the failure with changed facts. If the remedy changes, the old command is removed. */
  with(changes: Partial<FailureFacts>): FedctlError {
    const { message, likelyCause, remedy, command, option, details, requestId, cause } = this;
    const advice = changes.remedy === undefined ? { remedy, command } : {};
    return new FedctlError(this.code, {
      message,
      likelyCause,
      ...advice,
      option,
      details,
      requestId,
      cause,
      ...changes,
    });
  }
}

/** Returns true for a FedctlError, including an error from another copy of this package. */
export function isFedctlError(value: unknown): value is FedctlError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** A problem that does not prevent the command from succeeding. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly command?: SuggestedCommand | null;
}

/** Returns at most ten underlying errors, starting with the direct cause. */
export function foreignErrors(failure: FedctlError): readonly Error[] {
  const chain: Error[] = [];
  for (let cause = failure.cause; cause instanceof Error && chain.length < 10; cause = cause.cause)
    chain.push(cause);
  return chain;
}
