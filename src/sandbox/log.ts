import type { Hop } from './delays.ts';

/**
 * A request or another event in the lab, with the decision of the lab and the actual reason. Responses do not
 * contain this reason. The log never contains a token, only the jti and the kid of a token.
 */
export interface LabLogEntry {
  readonly at: Date;
  readonly hop: Hop | 'metadata' | 'dns' | 'control';
  /** The action, such as `GetWebIdentityToken`, `GET /.well-known/jwks.json` or `saslStart MONGODB-OIDC`. */
  readonly action: string;
  /** The caller; null if the caller is unknown. */
  readonly principal: string | null;
  readonly decision: 'allowed' | 'refused' | 'info';
  readonly reason: string;
}

const KEPT = 1000;

/** The lab's own log. Stores the last 1,000 entries, and passes new entries to followers. */
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
   * Skips the first `count` entries of the log, and returns all later entries that are still stored.
   *
   * @returns `next`: the value of `count` for the next call
   */
  since(count: number): { readonly entries: readonly LabLogEntry[]; readonly next: number } {
    const missed = this.#count - count;
    return { entries: missed <= 0 ? [] : this.#entries.slice(-missed), next: this.#count };
  }

  /**
   * Calls a function for each new entry.
   *
   * @returns a function that ends these calls
   */
  follow(follower: (entry: LabLogEntry) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
