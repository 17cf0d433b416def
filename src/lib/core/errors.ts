import { COMMANDS } from '../failures/commands.ts';
import { FAILURES, type FailureCode } from '../failures/failures.ts';
import type { Flag, OfferedCommand } from './command-line.ts';
import type { ExitCode } from './exit-codes.ts';

const BRAND = Symbol.for('fedctl.error');

/** What a thrower knows beyond the catalogue's row. None of it may hold a secret. */
export interface FailureFacts {
  /** One sentence of what happened, naming account, principal, Region or endpoint where they could surprise. */
  readonly message: string;
  /** A likelier cause than the catalogue's. */
  readonly likelyCause?: string;
  /** A remedy with the real names filled in, as a sentence. The catalogue's command does not go with it. */
  readonly remedy?: string;
  /** The command that does it, complete; null where it holds something that nobody here knows. */
  readonly command?: OfferedCommand | null;
  /** The option whose value is to blame; null: none any more. */
  readonly option?: Flag | null;
  /** Machine-readable evidence, for the JSON face. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string | null;
  /** The foreign error this one explains. Always kept, never shown without --verbose. */
  readonly cause?: unknown;
}

/** A failure to answer, with a code, a cause, a remedy and perhaps a command. Recognise it by `isFedctlError`, not `instanceof`. */
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
   * Says the same failure in other words. Everything that is not named stays as it is, the cause included; a new remedy
   * takes the old command with it.
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

/** True for a FedctlError, also one of another copy of this package. */
export function isFedctlError(value: unknown): value is FedctlError {
  return typeof value === 'object' && value !== null && BRAND in value;
}

/** Something that is worth saying although the answer stands. */
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
