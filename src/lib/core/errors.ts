import { COMMANDS } from '../failures/commands.ts';
import { FAILURES, type FailureCode } from '../failures/failures.ts';
import type { Flag, OfferedCommand } from './command-line.ts';
import type { ExitCode } from './exit-codes.ts';

const BRAND = Symbol.for('fedctl.error');

/** What the throwing code knows in addition to the catalogue. Must not contain a secret. */
export interface FailureFacts {
  /**
   * One sentence about what happened. It names the account, principal, Region or endpoint where these could
   * be unexpected.
   */
  readonly message: string;
  /** A more likely cause than the one in the catalogue. */
  readonly likelyCause?: string;
  /** A remedy with the real names filled in, as a sentence. It replaces the command of the catalogue too. */
  readonly remedy?: string;
  /** The complete command that fixes the failure; null when part of it is unknown here. */
  readonly command?: OfferedCommand | null;
  /** The option with the invalid value; null removes the option. */
  readonly option?: Flag | null;
  /** Machine-readable evidence for the JSON output. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string | null;
  /** The error of another library that this one explains. Always kept, shown only with --verbose. */
  readonly cause?: unknown;
}

/**
 * A failure with a code, a cause, a remedy and possibly a command. Test for it with `isFedctlError`, not with
 * `instanceof`.
 */
export class FedctlError extends Error {
  readonly code: FailureCode;
  readonly exitCode: ExitCode;
  readonly likelyCause: string;
  readonly remedy: string;
  readonly command: OfferedCommand | null;
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

  /**
   * Returns the same failure with changed texts. Facts that are not given stay the same, including the cause.
   * A new remedy removes the old command.
   */
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

/** Returns true for a FedctlError, including one from another copy of this package. */
export function isFedctlError(value: unknown): value is FedctlError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Something worth reporting although the command succeeded. */
export interface Warning {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly command?: OfferedCommand | null;
}

/** The chain of foreign errors behind a failure, the nearest first; at most ten. */
export function foreignErrors(failure: FedctlError): readonly Error[] {
  const chain: Error[] = [];
  for (let cause = failure.cause; cause instanceof Error && chain.length < 10; cause = cause.cause)
    chain.push(cause);
  return chain;
}
