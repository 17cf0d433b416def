import { createHmac, randomBytes } from 'node:crypto';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';

/** The maximum lifetime of an IMDSv2 token: six hours, in seconds. */
export const LONGEST_TTL_SECONDS = 21_600;

/**
 * The tokens of one instance metadata service. Each token contains its expiration, authenticated with a key
 * of this service. The service therefore does not need to store tokens.
 */
export class InstanceTokens {
  readonly #key = randomBytes(32);

  create(expiresAt: Date): string {
    const end = expiresAt.getTime().toString(36);
    return `${end}.${this.#mac(end)}`;
  }

  /** Returns the reason why a token is invalid, for the lab's log. Returns null if the token is valid. */
  fault(token: string, now: Date): string | null {
    const [end = '', mac = '', ...more] = token.split('.');
    if (more.length > 0 || !equalInConstantTime(mac, this.#mac(end)))
      return 'this service did not issue the token';
    const expiresAt = new Date(Number.parseInt(end, 36));
    return expiresAt <= now ? `the token expired at ${expiresAt.toISOString()}` : null;
  }

  #mac(end: string): string {
    return createHmac('sha256', this.#key).update(end).digest('base64url');
  }
}
