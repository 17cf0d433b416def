/** One thing that happened in the lab, with the true reason: what the wire never says. Never a token, only jti and kid. */
export interface LabLogEntry {
  readonly at: Date;
  readonly hop: 'sts' | 'iam' | 'issuer' | 'mongod' | 'metadata' | 'dns';
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
  readonly #followers = new Set<(entry: LabLogEntry) => void>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  add(entry: Omit<LabLogEntry, 'at'>): void {
    const dated = { at: this.#now(), ...entry };
    this.#entries.push(dated);
    if (this.#entries.length > KEPT) this.#entries.shift();
    for (const follower of this.#followers) follower(dated);
  }

  entries(): readonly LabLogEntry[] {
    return [...this.#entries];
  }

  /** @returns a function that ends the following */
  follow(follower: (entry: LabLogEntry) => void): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }
}
