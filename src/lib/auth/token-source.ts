import { singleFlight as shared } from '../core/single-flight.ts';
import type { MintedToken, TokenSource } from '../core/token.ts';
import { writeSecretFile } from '../files/secret-file.ts';

type Clock = () => Date;

/** From when to when something is valid, by the clock of whoever made it. */
export interface Life {
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/**
 * Half of a life and its end, in milliseconds of the local clock. It is counted from when the token came, because a clock
 * that is slow would keep an expired token for valid; its own `exp` ends it in any case, for one that came late.
 */
export function spanOf({ issuedAt, expiresAt }: Life, receivedAt: Date): { halfLife: number; end: number } {
  const life = expiresAt.getTime() - issuedAt.getTime();
  const end = Math.min(receivedAt.getTime() + life, expiresAt.getTime());
  return { halfLife: end - life / 2, end };
}

/** A token at hand. */
interface Held extends ReturnType<typeof spanOf> {
  readonly token: MintedToken;
}

function held(token: MintedToken, receivedAt: Date): Held {
  return { token, ...spanOf(token, receivedAt) };
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
 * Leaves each token that passes in a file as well, where a driver or a program reads it: whole, by rename, and without a
 * newline, which drivers would send along.
 *
 * @param path absolute
 * @param mode permission bits of the file
 * @throws FedctlError usage.unwritable-output from `get`
 */
export function toFile(source: TokenSource, path: string, mode = 0o600): TokenSource {
  return {
    async get(signal) {
      const token = await source.get(signal);
      await writeSecretFile(path, token.token.reveal(), signal, mode);
      return token;
    },
  };
}
