import { type FedctlError, isFedctlError } from '../core/errors.ts';
import { type ServerIdentity, STAGES, type StageEvent, type StageId } from '../ports/mongo.ts';

/** The result of a login stage. If the stage was not reached, `event` and `failure` are null. */
export interface StageEnd {
  readonly event: StageEvent | null;
  readonly failure: FedctlError | null;
}

interface Waiting {
  readonly end: Promise<StageEnd>;
  resolve(end: StageEnd): void;
  reject(reason: unknown): void;
}

const NOT_REACHED: StageEnd = { event: null, failure: null };

/** A running login that several checks observe. Checks can wait for each stage separately. */
export class LoginRun {
  readonly #stages: ReadonlyMap<StageId, Waiting> = new Map(STAGES.map((id) => [id, waiting()]));
  readonly #over = new Set<StageId>();
  #failed: StageEvent | null = null;

  /** @param login runs the login and reports each stage when it ends */
  constructor(login: (observe: (event: StageEvent) => void) => Promise<ServerIdentity>) {
    login((event) => this.#note(event)).then(
      () => this.#endAll(NOT_REACHED),
      (error: unknown) => this.#end(error),
    );
  }

  /**
   * Waits until the stage has ended, or until the login has ended without this stage.
   *
   * @throws an error of the login that is not a FedctlError; a FedctlError is part of the result
   */
  async stage(id: StageId): Promise<StageEnd> {
    return (await this.#stages.get(id)?.end) ?? NOT_REACHED;
  }

  #note(event: StageEvent): void {
    // The promise of a failed stage is settled when the login ends, because the error is not known earlier.
    if (event.status === 'fail') this.#failed = event;
    else this.#settle(event.id, { event, failure: null });
  }

  #end(error: unknown): void {
    if (!isFedctlError(error)) {
      for (const [id, { reject }] of this.#stages) if (!this.#over.has(id)) reject(error);
      return;
    }
    // A failure before the first stage counts as a failure of the first stage.
    const at = this.#failed?.id ?? STAGES.find((id) => !this.#over.has(id));
    if (at !== undefined) this.#settle(at, { event: this.#failed, failure: error });
    this.#endAll(NOT_REACHED);
  }

  #endAll(end: StageEnd): void {
    for (const id of STAGES) if (!this.#over.has(id)) this.#settle(id, end);
  }

  #settle(id: StageId, end: StageEnd): void {
    this.#over.add(id);
    this.#stages.get(id)?.resolve(end);
  }
}

function waiting(): Waiting {
  let resolve: Waiting['resolve'] = () => {};
  let reject: Waiting['reject'] = () => {};
  const end = new Promise<StageEnd>((fulfil, refuse) => {
    resolve = fulfil;
    reject = refuse;
  });
  // Some stages are never awaited. Their rejections must not be reported as unhandled.
  end.catch(() => {});
  return { end, resolve, reject };
}
