import type { IncomingHttpHeaders } from 'node:http';

export interface FetchRequest {
  /** The default is GET. */
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * The largest response body that the caller accepts, in bytes after decompression. 0 requests only the head
   * of the response.
   */
  readonly maxBytes: number;
  /** Bounds the complete exchange, including the body. */
  readonly signal: AbortSignal;
}

export interface FetchResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  /** UTF-8 text; null if the body is larger than `maxBytes`. */
  readonly body: string | null;
}

/**
 * Sends one HTTP request and reads the response. Redirects are not followed.
 *
 * @throws FedctlError net.proxy-invalid, net.ca-bundle-invalid; the signal's own reason; unchanged errors of
 * node:http and node:tls when no complete response arrives
 */
export type Fetch = (url: URL, request: FetchRequest) => Promise<FetchResponse>;
