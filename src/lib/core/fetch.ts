import type { IncomingHttpHeaders } from 'node:http';

export interface FetchRequest {
  /** The request method (default: GET). */
  readonly method?: 'GET' | 'PUT' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The maximum size of the response body in bytes, after decompression. If 0, only the headers are read. */
  readonly maxBytes: number;
  /** Aborts the request and the reading of the response body. */
  readonly signal: AbortSignal;
}

export interface FetchResponse {
  readonly status: number;
  /** The response headers. Names are in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The response body as UTF-8 text; null if the body is larger than `maxBytes`. */
  readonly body: string | null;
}

/**
 * Sends one HTTP request and reads the response. Does not follow redirects.
 *
 * @throws FedctlError net.proxy-invalid, net.ca-bundle-invalid; the abort reason, if the signal is
 * aborted; the unchanged error from node:http or node:tls, if no complete response arrives
 */
export type Fetch = (url: URL, request: FetchRequest) => Promise<FetchResponse>;
