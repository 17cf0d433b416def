import { ApiFailure } from './answer.ts';

interface Bucket {
  tokens: number;
  /** The time of the last refill, in milliseconds since 1970. */
  filledAt: number;
}

const REFILL_SECONDS = 60;

/**
 * A token bucket for each set of endpoints, as in an Atlas organization (facts/mongodb.md 7.4). The refill
 * rate of Atlas is unknown. In the lab, an empty bucket refills in one minute.
 */
export class RateLimits {
  /**
   * The capacity of every bucket; null for the capacities that were recorded from Atlas. With a small
   * capacity, the API returns status 429 after a few requests.
   */
  capacity: number | null = null;
  readonly #now: () => Date;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * Counts one request against the rate limit of a set of endpoints.
   *
   * @returns the rate limit headers, which contain the number of remaining requests
   * @throws ApiFailure 429 if the bucket is empty
   */
  take(set: string, recorded: number): Readonly<Record<string, string>> {
    const capacity = this.capacity ?? recorded;
    const now = this.#now().getTime();
    const bucket = this.#buckets.get(set) ?? { tokens: capacity, filledAt: now };
    this.#buckets.set(set, bucket);
    const passed = Math.max(0, now - bucket.filledAt) / 1000;
    bucket.tokens = Math.min(capacity, bucket.tokens + (passed * capacity) / REFILL_SECONDS);
    bucket.filledAt = now;
    if (bucket.tokens < 1) throw tooMany(set, capacity, bucket.tokens);
    bucket.tokens -= 1;
    return {
      'ratelimit-limit': String(capacity),
      'ratelimit-remaining': String(Math.floor(bucket.tokens)),
    };
  }
}

function tooMany(set: string, capacity: number, tokens: number): ApiFailure {
  const wait = Math.max(1, Math.ceil(((1 - tokens) * REFILL_SECONDS) / Math.max(capacity, 1)));
  return new ApiFailure(
    429,
    'RATE_LIMITED_TOKEN_BUCKET',
    `Rate limit exceeded for ${set}. Please retry after ${wait} seconds. Request capacity: ${capacity}. Refill rate: ${capacity} per ${REFILL_SECONDS} seconds.`,
    {
      headers: {
        'retry-after': String(wait),
        'ratelimit-limit': String(capacity),
        'ratelimit-remaining': '0',
      },
    },
  );
}
