import { setTimeout as sleep } from 'node:timers/promises';

/** The parts of the lab that can be delayed. The log uses the same names. */
export const HOPS = ['sts', 'iam', 'issuer', 'mongod', 'atlas'] as const;

export type Hop = (typeof HOPS)[number];

/** The delay of each hop, in milliseconds (default: 0). A hop handles a request only after its delay. */
export class HopDelays {
  readonly #delays = new Map<Hop, number>();
  readonly #closing = new AbortController();

  set(hop: Hop, ms: number): void {
    this.#delays.set(hop, ms);
  }

  of(hop: Hop): number {
    return this.#delays.get(hop) ?? 0;
  }

  /** Waits for the current delay of this hop, or until the lab stops. */
  async wait(hop: Hop): Promise<void> {
    const ms = this.of(hop);
    if (ms > 0) await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => {});
  }

  close(): void {
    this.#closing.abort();
  }
}
