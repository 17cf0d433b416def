import type { Hop } from './delays.ts';

/** One thing that happened in the lab, with the true reason: what the wire never says. Never a token, only jti and kid. */
export interface LabLogEntry {
  readonly at: Date;
  readonly hop: Hop | 'metadata' | 'dns' | 'control';
  /** `GetWebIdentityToken`, `GET /.well-known/jwks.json`, `saslStart MONGODB-OIDC` … */
  readonly action: string;
  /** Who asked, where it is known. */
  readonly principal: string | null;
  readonly decision: 'allowed' | 'refused' | 'info';
  readonly reason: string;
}

const KEPT = 1000;

/** The lab's own log: the last thousand entries, and whoever wants to follow. */
export class LabLog {
  readonly #now: () => Date;
  readonly #entries: LabLogEntry[] = [];
  #count = 0;
  readonly #followers = new Set<(entry: LabLogEntry) => void>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(entry: Omit<LabLogEntry, 'at'>): void {
    const dated = { at: this.#now(), ...entry };
    this.#entries.push(dated);
    this.#count += 1;
    if (this.#entries.length > KEPT) this.#entries.shift();
    for (const follower of this.#followers) follower(dated);
  }

  entries(): readonly LabLogEntry[] {
    return [...this.#entries];
  }

  /**
   * What came after the first `count` entries, as far as it is kept.
   *
   * @returns `next` is the count to ask with the next time
   */
  since(count: number): { readonly entries: readonly LabLogEntry[]; readonly next: number } {
    const missed = this.#count - count;
    return { entries: missed <= 0 ? [] : this.#entries.slice(-missed), next: this.#count };
  }

  /** @returns a function that ends the following */
  follow(follower: (entry: LabLogEntry) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
