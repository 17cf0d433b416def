import { singleFlight as shared } from '../core/single-flight.ts';
import type { MintedToken, TokenSource } from '../core/token.ts';
import { writeSecretFile } from '../files/secret-file.ts';

type Clock = () => Date;

/** A token at hand, and what of its life is left by the local clock. */
interface Held {
  readonly token: MintedToken;
  readonly halfLife: number;
  readonly end: number;
}

/**
 * A token's life, in milliseconds of the local clock. It is counted from when the token came, because a clock that is
 * slow would keep an expired token for valid; the token's own `exp` ends it in any case, for one that came late.
 */
function held(token: MintedToken, receivedAt: Date): Held {
  const life = token.expiresAt.getTime() - token.issuedAt.getTime();
  const end = Math.min(receivedAt.getTime() + life, token.expiresAt.getTime());
  return { token, halfLife: end - life / 2, end };
}

/** What a cached token still has to live to be handed out: time to carry it to a relying party. Milliseconds. */
const LEEWAY_MS = 10_000;

/** Hands out the same token until it is about to expire. Keeps nothing but the last token, and that in memory. */
export function cached(source: TokenSource, now: Clock): TokenSource {
  let last: Held | null = null;
  return {
    async get(signal) {
      if (last !== null && now().getTime() < last.end - LEEWAY_MS) return last.token;
      last = held(await source.get(signal), now());
      return last.token;
    },
  };
}

/**
 * Renews at half of the token's life. When that fails the old token is handed out as long as it is valid, and the next
 * call tries again: an outage of STS is felt only by those who outlast the second half.
 *
 * @param failed told of each renewal that failed while the old token still served
 */
export function refreshingAhead(
  source: TokenSource,
  now: Clock,
  failed: (error: unknown) => void = () => {},
): TokenSource {
  let last: Held | null = null;
  return {
    async get(signal) {
      if (last !== null && now().getTime() < last.halfLife) return last.token;
      try {
        last = held(await source.get(signal), now());
        return last.token;
      } catch (error) {
        if (signal?.aborted === true || last === null || now().getTime() >= last.end) throw error;
        failed(error);
        return last.token;
      }
    },
  };
}

/**
 * Lets calls that come while a token is under way wait for that one. A caller who gives up leaves the others waiting;
 * the work itself stops when the last one gave up.
 */
export function singleFlight(source: TokenSource): TokenSource {
  return { get: shared((signal) => source.get(signal)) };
}

/**
 * Leaves each token that passes in a file as well, where a driver or a program reads it: mode 0600, by rename, and
 * without a newline, which drivers would send along.
 *
 * @param path absolute
 * @throws FedctlError usage.unwritable-output from `get`
 */
export function toFile(source: TokenSource, path: string): TokenSource {
  return {
    async get(signal) {
      const token = await source.get(signal);
      await writeSecretFile(path, token.token.reveal(), signal);
      return token;
    },
  };
}
