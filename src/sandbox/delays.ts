import { setTimeout as sleep } from 'node:timers/promises';

/** The parts of the lab that can be delayed, and that its log names. */
export const HOPS = ['sts', 'iam', 'issuer', 'mongod', 'atlas'] as const;

export type Hop = (typeof HOPS)[number];

/** How long each hop delays a request before it is read, in milliseconds; 0 by default. */
export class HopDelays {
  readonly #delays = new Map<Hop, number>();
  readonly #closing = new AbortController();

  set(hop: Hop, ms: number): void {
    this.#delays.set(hop, ms);
  }

  of(hop: Hop): number {
    return this.#delays.get(hop) ?? 0;
  }

  /** Waits for the current delay of this hop. The end of the lab ends the wait. */
  async wait(hop: Hop): Promise<void> {
    const ms = this.of(hop);
    if (ms > 0) await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => {});
  }

  close(): void {
    this.#closing.abort();
  }
}
