/**
 * The lab's clock: the real time with an offset. Everything in the lab uses it; clients use their own clock.
 */
export class LabClock {
  readonly #real: () => Date;
  #offsetMs = 0;

  constructor(real: () => Date) {
    this.#real = real;
  }

  readonly now = (): Date => new Date(this.#real().getTime() + this.#offsetMs);

  /** How far the lab is ahead of the real time, in milliseconds; negative when it is behind. */
  get offsetMs(): number {
    return this.#offsetMs;
  }

  /** Sets the offset from the real time. */
  set(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }
}
