import type { IncomingHttpHeaders } from 'node:http';

export interface FetchRequest {
  /** GET if absent. */
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The largest body that the caller accepts, in bytes after decompression. 0 requests the head of the response only. */
  readonly maxBytes: number;
  /** Bounds the whole exchange, the body included. */
  readonly signal: AbortSignal;
}

export interface FetchResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  /** UTF-8 text; null if it is larger than `maxBytes`. */
  readonly body: string | null;
}

/**
 * Sends one HTTP request and reads the response. A redirect is a response like any other.
 *
 * @throws FedctlError net.proxy-invalid, net.ca-bundle-invalid; the signal's own reason; errors of node:http and
 *   node:tls, as they are, when no complete response arrives
 */
export type Fetch = (url: URL, request: FetchRequest) => Promise<FetchResponse>;
