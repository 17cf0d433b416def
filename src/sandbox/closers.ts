/** Closes resources in the reverse of the order in which they were added. */
export class Closers {
  #closers: (() => Promise<unknown>)[] = [];

  /** Adds a resource. It will be closed before all resources that were added earlier. */
  add(close: () => Promise<unknown>): void {
    this.#closers.unshift(close);
  }

  /** Adds a resource that will be closed after all others. */
  addLast(close: () => Promise<unknown>): void {
    this.#closers.push(close);
  }

  /** Closes all resources. Further calls have no effect. */
  readonly close = async (): Promise<void> => {
    const closers = this.#closers;
    this.#closers = [];
    for (const close of closers) await close();
  };
}
