/** The error for a stage that timed out. */
export class StageOver extends Error {}

/** Limits the time of the current stage. */
export class StageTimer {
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #reject: (error: Error) => void = () => {};
  /** Rejects with StageOver if a stage times out. Never resolves. */
  readonly over: Promise<never>;

  constructor(ms: number) {
    this.#ms = ms;
    this.over = new Promise((_resolve, reject) => {
      this.#reject = reject;
    });
    this.over.catch(() => {});
  }

  restart(): void {
    this.stop();
    this.#timer = setTimeout(() => this.#reject(new StageOver('the stage timed out')), this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
