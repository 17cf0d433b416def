import type { Fetch } from './fetch.ts';

interface Reading {
  readonly aheadSeconds: number;
  /** The time between the request and the response. */
  readonly tookMs: number;
}

/**
 * Records how far the clocks of servers are ahead of the local clock. The server times come from the Date
 * headers of responses with any status (RFC 9110, section 6.6.1).
 */
export class ServerClocks {
  readonly #now: () => Date;
  readonly #readings = new Map<string, Reading>();

  /** @param now the local clock */
  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * Starts the measurement of one request and its response. Must be called when the request is sent.
   *
   * @param host as in `URL.host`: with the port, unless it is the default port
   * @returns the function to call with the Date header when the response arrives
   */
  start(host: string): (date: string | undefined) => void {
    const sent = this.#now().getTime();
    return (date) => {
      const theirs = Date.parse(date ?? '');
      if (Number.isNaN(theirs)) return;
      const received = this.#now().getTime();
      // The difference is negative if the local clock was set back between the request and the response.
      // Without the absolute value, a negative difference would count as the shortest time.
      const tookMs = Math.abs(received - sent);
      const known = this.#readings.get(host);
      // The server wrote the header at an unknown time between request and response. The response that
      // arrives fastest therefore has the smallest error.
      if (known !== undefined && known.tookMs < tookMs) return;
      // The header is truncated to whole seconds, so half a second is added.
      const aheadSeconds = Math.round((theirs + 500 - (sent + received) / 2) / 1000);
      this.#readings.set(host, { aheadSeconds, tookMs });
    };
  }

  /** Returns a function that does the same as `send` and records the clock of each server that responds. */
  recording(send: Fetch): Fetch {
    return async (url, request) => {
      const received = this.start(url.host);
      const response = await send(url, request);
      received(response.headers.date);
      return response;
    };
  }

  /**
   * Returns how far the clock of a server is ahead of the local clock, in seconds. Null if no response of the
   * server had a valid Date header.
   */
  aheadSeconds(host: string): number | null {
    return this.#readings.get(host)?.aheadSeconds ?? null;
  }

  /** Deletes all readings, because a clock can be corrected during a long run. */
  forget(): void {
    this.#readings.clear();
  }
}
