/** The lab's clock: the real one, moved. Everything in the lab lives by it; clients live by their own. */
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

  /** Moves the lab to this distance from the real time. */
  set(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }
}
