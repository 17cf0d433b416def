import type { FedctlError } from '../core/errors.ts';
import type { StageEvent, StageFacts, StageId } from '../ports/mongo.ts';

/** The result of a stage that passed. */
export interface StageOutcome<T> {
  readonly detail: string;
  readonly facts?: StageFacts;
  readonly value: T;
}

/**
 * Measures the duration of each stage of one login, and reports each stage when it ends. Only one stage runs
 * at a time.
 */
export class StageLog {
  readonly #observe: (event: StageEvent) => void;
  readonly #now: () => Date;
  #running: StageId | null = null;
  #startedAt = new Date(0);

  constructor(observe: (event: StageEvent) => void, now: () => Date) {
    this.#observe = observe;
    this.#now = now;
  }

  /** The stage that is running; null if no stage is running. */
  get running(): StageId | null {
    return this.#running;
  }

  begin(id: StageId): void {
    this.#running = id;
    this.#startedAt = this.#now();
  }

  pass(detail: string, facts?: StageFacts): void {
    this.#end('pass', detail, facts === undefined ? {} : { facts });
  }

  skip(id: StageId, detail: string): void {
    this.begin(id);
    this.#end('skip', detail);
  }

  /** @returns the failure, which the caller must throw */
  fail(failure: FedctlError): FedctlError {
    this.#end('fail', failure.message, { code: failure.code });
    return failure;
  }

  /** Runs a function as one stage. */
  async during<T>(
    id: StageId,
    work: () => Promise<StageOutcome<T>>,
    explain: (error: unknown) => FedctlError | null,
  ): Promise<T> {
    this.begin(id);
    try {
      const { detail, facts, value } = await work();
      this.pass(detail, facts);
      return value;
    } catch (error) {
      const failure = explain(error);
      throw failure === null ? error : this.fail(failure);
    }
  }

  #end(status: StageEvent['status'], detail: string, more: Pick<StageEvent, 'code' | 'facts'> = {}): void {
    if (this.#running === null) return;
    const startedAt = this.#startedAt;
    // The clock can be set back, but the duration must not be negative.
    const ms = Math.max(0, this.#now().getTime() - startedAt.getTime());
    this.#observe({ id: this.#running, status, startedAt, ms, detail, ...more });
    this.#running = null;
  }
}
