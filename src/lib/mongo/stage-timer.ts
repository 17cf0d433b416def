/** The error of a stage that timed out. */
export class StageOver extends Error {}

/** Bounds the stages one after the other. */
export class StageTimer {
  readonly #ms: number;
  #timer: NodeJS.Timeout | undefined;
  #reject: (error: Error) => void = () => {};
  /** Rejects with StageOver when a stage took too long; never fulfilled. */
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
