/** The error of an HTTP proxy that opened no tunnel. The server behind it was not contacted. */
export class ProxyFault extends Error {
  readonly code = 'ERR_PROXY';
  /**
   * The status of the response to CONNECT; null when the response was not HTTP, or the proxy was not reached.
   */
  readonly status: number | null;

  constructor(status: number | null, cause?: unknown) {
    super('The proxy opened no tunnel.', { cause });
    this.status = status;
  }
}
