/**
 * The lab's clock: the real time plus an offset. All servers of the lab use this clock. Clients use their own
 * clocks.
 */
export class LabClock {
  readonly #real: () => Date;
  #offsetMs = 0;

  constructor(real: () => Date) {
    this.#real = real;
  }

  readonly now = (): Date => new Date(this.#real().getTime() + this.#offsetMs);

  /** The offset from the real time, in milliseconds. If it is negative, the clock is behind the real time. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Sets the offset from the real time. */
  set(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }
}
