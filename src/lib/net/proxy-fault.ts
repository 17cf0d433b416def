/** An HTTP proxy on the way that opened no tunnel. The server behind it was never asked. */
export class ProxyFault extends Error {
  readonly code = 'ERR_PROXY';
  /** What it answered to CONNECT; null where it answered nothing of HTTP, or was not reached. */
  readonly status: number | null;

  constructor(status: number | null, cause?: unknown) {
    super('The proxy opened no tunnel.', { cause });
    this.status = status;
  }
}
