/** The error of an HTTP proxy that did not open a tunnel. The server behind the proxy was not contacted. */
export class ProxyFault extends Error {
  readonly code = 'ERR_PROXY';
  /**
   * The status of the response to CONNECT. Null if the response was not HTTP, or the proxy was not reached.
   */
  readonly status: number | null;

  constructor(status: number | null, cause?: unknown) {
    super('The proxy did not open a tunnel.', { cause });
    this.status = status;
  }
}
