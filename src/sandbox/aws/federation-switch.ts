/** The state of an account's federation setting in STS. */
export type VendingState = 'on' | 'off' | 'changing';

/** STS returns an internal failure in the last second before it receives a change (facts/aws.md 1). */
const CHANGING_MS = 1000;

/**
 * The outbound federation setting of an account. IAM shows a change immediately. STS receives the change
 * `propagationMs` later, and applies all changes in order. If federation is disabled in IAM and is soon
 * enabled again, it is therefore also disabled in STS for a short time (facts/aws.md 1).
 */
export class FederationSwitch {
  readonly #now: () => Date;
  readonly #propagationMs: number;
  readonly #atFirst: boolean;
  readonly #changes: { readonly arrivesAt: number; readonly enabled: boolean }[] = [];

  /** @param options.enabled the initial state (default: disabled) */
  constructor({
    now,
    propagationMs,
    enabled = false,
  }: {
    readonly now: () => Date;
    readonly propagationMs: number;
    readonly enabled?: boolean;
  }) {
    this.#now = now;
    this.#atFirst = enabled;
    this.#propagationMs = propagationMs;
  }

  /** Whether federation is enabled in IAM. */
  get enabled(): boolean {
    return this.#changes.at(-1)?.enabled ?? this.#atFirst;
  }

  /** The state of federation in STS, which receives changes later than IAM. */
  get vending(): VendingState {
    const now = this.#now().getTime();
    const arrived = this.#changes.findLast(({ arrivesAt }) => arrivesAt <= now)?.enabled ?? this.#atFirst;
    const next = this.#changes.find(({ arrivesAt }) => arrivesAt > now);
    if (next !== undefined && next.arrivesAt - now <= CHANGING_MS) return 'changing';
    return arrived ? 'on' : 'off';
  }

  /**
   * Enables or disables federation in IAM.
   *
   * @param propagationMs the time until this change reaches STS, in milliseconds
   * @returns false if the setting already has this value. AWS reports this case as an error.
   */
  set(enabled: boolean, propagationMs: number = this.#propagationMs): boolean {
    if (enabled === this.enabled) return false;
    this.#changes.push({ arrivesAt: this.#now().getTime() + propagationMs, enabled });
    return true;
  }
}
