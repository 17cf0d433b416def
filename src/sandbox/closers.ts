/** Resources to close, in the reverse order of their start. */
export class Closers {
  #closers: (() => Promise<unknown>)[] = [];

  /** Adds a resource that is closed before all that were added so far. */
  add(close: () => Promise<unknown>): void {
    this.#closers.unshift(close);
  }

  /** Adds a resource that is closed after everything else. */
  addLast(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** Closes everything once. */
  readonly close = async (): Promise<void> => {
    const closers = this.#closers;
    this.#closers = [];
    for (const close of closers) await close();
  };
}
