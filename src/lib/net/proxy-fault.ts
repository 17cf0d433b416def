/**
 * The error that is thrown if an HTTP proxy does not open a tunnel. The server behind the proxy received no
 * data.
 */
export class ProxyFault extends Error {
  readonly code = 'ERR_PROXY';
  /** The status of the response to CONNECT. Null if the response was not HTTP or the proxy is unreachable. */
  readonly status: number | null;

  constructor(status: number | null, cause?: unknown) {
    super('The proxy did not open a tunnel.', { cause });
    this.status = status;
  }
}
