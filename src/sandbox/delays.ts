import { setTimeout as sleep } from 'node:timers/promises';

/** The parts of the lab that can be made slow, and that its log names. */
export const HOPS = ['sts', 'iam', 'issuer', 'mongod', 'atlas'] as const;

export type Hop = (typeof HOPS)[number];

/** How long each hop lets a request wait before it reads it, in milliseconds: nothing unless somebody says so. */
export class HopDelays {
  readonly #delays = new Map<Hop, number>();
  readonly #closing = new AbortController();

  set(hop: Hop, ms: number): void {
    this.#delays.set(hop, ms);
  }

  of(hop: Hop): number {
    return this.#delays.get(hop) ?? 0;
  }

  /** Waits as long as this hop is slow by now; the end of the lab ends the waiting. */
  async wait(hop: Hop): Promise<void> {
    const ms = this.of(hop);
    if (ms > 0) await sleep(ms, undefined, { signal: this.#closing.signal }).catch(() => {});
  }

  close(): void {
    this.#closing.abort();
  }
}
