import type { ExitCode } from './exit-codes.ts';
import { FAILURES, type FailureCode } from './failures.ts';

const BRAND = Symbol.for('fedctl.error');

/** What a thrower knows beyond the catalogue's row. None of it may hold a secret. */
export interface FailureFacts {
  /** One sentence of what happened, naming account, principal, Region or endpoint where they could surprise. */
  readonly message: string;
  /** A likelier cause than the catalogue's. */
  readonly likelyCause?: string;
  /** A remedy with the real names filled in; it can be typed. */
  readonly remedy?: string;
  /** Machine-readable evidence, for the JSON face. */
  readonly details?: Readonly<Record<string, unknown>>;
  readonly requestId?: string | null;
  /** The foreign error this one explains. Always kept, never shown without --verbose. */
  readonly cause?: unknown;
}

/** A failure to answer, with a code, a cause and a remedy. Recognise it by `isFedctlError`, not `instanceof`. */
export class FedctlError extends Error {
  readonly code: FailureCode;
  readonly exitCode: ExitCode;
  readonly likelyCause: string;
  readonly remedy: string;
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
    this.details = facts.details ?? {};
    this.requestId = facts.requestId ?? null;
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
}
