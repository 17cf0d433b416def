import { singleFlight as shared } from '../core/single-flight.ts';
import type { MintedToken, TokenSource } from '../core/token.ts';
import { writeSecretFile } from '../files/secret-file.ts';

type Clock = () => Date;

/** A validity period. Both times come from the clock of the issuer. */
export interface Life {
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/**
 * Returns when half of a token's lifetime has passed, and when the lifetime ends, in milliseconds since 1970 on
 * the local clock. The lifetime starts when the token is received: if the local clock is slow, an expired token
 * would look valid until the local clock reaches `exp`. The lifetime never ends later than `exp`.
 */
export function spanOf({ issuedAt, expiresAt }: Life, receivedAt: Date): { halfLife: number; end: number } {
  const life = expiresAt.getTime() - issuedAt.getTime();
  const end = Math.min(receivedAt.getTime() + life, expiresAt.getTime());
  return { halfLife: end - life / 2, end };
}

/** The current token, and the middle and the end of its lifetime. */
interface Held extends ReturnType<typeof spanOf> {
  readonly token: MintedToken;
}

function held(token: MintedToken, receivedAt: Date): Held {
  return { token, ...spanOf(token, receivedAt) };
}

/**
 * Returns a source that renews the token at half of its lifetime. If a renewal fails, the source returns the
 * current token as long as this token is valid, and retries the renewal at the next call. Therefore, a short
 * outage of STS has no effect.
 *
 * @param failed a function that is called for each renewal that fails while the current token is still valid
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
 * Returns a source whose concurrent calls share one request. If one call is aborted, the other calls
 * continue. The request is aborted when all calls that share the request are aborted.
 */
export function singleFlight(source: TokenSource): TokenSource {
  return { get: shared((signal) => source.get(signal)) };
}

/**
 * Returns a source that also writes each token to a file for a driver or a program. The file is replaced
 * atomically by a rename. The file does not end with a newline, because drivers would send the newline to the
 * server.
 *
 * @param path the absolute path of the file
 * @param mode the permission bits of the file
 * @throws FedctlError `get` throws usage.unwritable-output
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
