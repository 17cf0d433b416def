import { createHmac, randomBytes } from 'node:crypto';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';

/** Six hours: the longest that a token of IMDSv2 may live. */
export const LONGEST_TTL_SECONDS = 21_600;

/**
 * The tokens of one instance metadata service. Each says itself when it ends, under a key of this service, so that
 * nothing has to be kept, however many are asked for.
 */
export class InstanceTokens {
  readonly #key = randomBytes(32);

  create(expiresAt: Date): string {
    const end = expiresAt.getTime().toString(36);
    return `${end}.${this.#mac(end)}`;
  }

  /** Why a token is not good, for the lab's log; null for a good one. */
  fault(token: string, now: Date): string | null {
    const [end = '', mac = '', ...more] = token.split('.');
    if (more.length > 0 || !equalInConstantTime(mac, this.#mac(end)))
      return 'the token does not belong to this service';
    const expiresAt = new Date(Number.parseInt(end, 36));
    return expiresAt <= now ? `the token expired at ${expiresAt.toISOString()}` : null;
  }

  #mac(end: string): string {
    return createHmac('sha256', this.#key).update(end).digest('base64url');
  }
}
