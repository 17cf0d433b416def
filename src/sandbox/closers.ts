/** What has to be ended, in the opposite order of its start. */
export class Closers {
  #closers: (() => Promise<unknown>)[] = [];

  /** Ended before everything that was started so far. */
  add(close: () => Promise<unknown>): void {
    this.#closers.unshift(close);
  }

  /** Ended after everything else. */
  addLast(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** Ends everything once. */
  readonly close = async (): Promise<void> => {
    const closers = this.#closers;
    this.#closers = [];
    for (const close of closers) await close();
  };
}
