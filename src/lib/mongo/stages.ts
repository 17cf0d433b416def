import type { StageEvent, StageId } from '../connection.ts';
import type { FedctlError } from '../errors.ts';

/** Times the stages of one login and tells each as it ends. One runs at a time. */
export class StageLog {
  readonly #observe: (event: StageEvent) => void;
  readonly #now: () => Date;
  #running: StageId | null = null;
  #since = 0;

  constructor(observe: (event: StageEvent) => void, now: () => Date) {
    this.#observe = observe;
    this.#now = now;
  }

  /** The stage that runs; null between two. */
  get running(): StageId | null {
    return this.#running;
  }

  begin(id: StageId): void {
    this.#running = id;
    this.#since = this.#now().getTime();
  }

  pass(detail: string): void {
    this.#end('pass', detail);
  }

  skip(id: StageId, detail: string): void {
    this.begin(id);
    this.#end('skip', detail);
  }

  /** @returns the failure, to be thrown */
  fail(failure: FedctlError): FedctlError {
    this.#end('fail', failure.message, failure.code);
    return failure;
  }

  /** One stage that is one piece of work. */
  async during<T>(
    id: StageId,
    work: () => Promise<{ readonly detail: string; readonly value: T }>,
    explain: (error: unknown) => FedctlError | null,
  ): Promise<T> {
    this.begin(id);
    try {
      const { detail, value } = await work();
      this.pass(detail);
      return value;
    } catch (error) {
      const failure = explain(error);
      throw failure === null ? error : this.fail(failure);
    }
  }

  #end(status: StageEvent['status'], detail: string, code?: string): void {
    if (this.#running === null) return;
    // A clock that is set back must not make a stage negative.
    const ms = Math.max(0, this.#now().getTime() - this.#since);
    this.#observe({ id: this.#running, status, ms, detail, ...(code === undefined ? {} : { code }) });
    this.#running = null;
  }
}
