/** How undici tells of a proxy that did not open a tunnel; its error has no field for the status. */
const UNDICI_TEXT = /^Proxy response \((\d{3})\)/;

/** Ends of a connection that was made by this machine: behind a proxy, only the proxy can have caused them. */
const NOT_CONNECTED: ReadonlySet<unknown> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);

/** An HTTP proxy on the way that opened no tunnel. The server behind it was never asked. */
export class ProxyFault extends Error {
  readonly code = 'ERR_PROXY';
  /** What it answered to CONNECT; null where it answered nothing of HTTP, or was not reached. */
  readonly status: number | null;

  constructor(status: number | null, cause?: unknown) {
    super('The proxy opened no tunnel.', { cause });
    this.status = status;
  }

  /** The fault that an error of undici stands for, or one of ours; null for any other. */
  static of(error: Error): ProxyFault | null {
    if (error instanceof ProxyFault) return error;
    if (!('code' in error) || error.code !== 'UND_ERR_ABORTED') return null;
    const status = UNDICI_TEXT.exec(error.message)?.[1];
    return new ProxyFault(status === undefined ? null : Number(status), error);
  }
}

/** What a request through a proxy failed with, saying so where it was the proxy that could not be reached. */
export function throughProxy(error: unknown): unknown {
  for (let each = error, hops = 0; each instanceof Error && hops < 5; each = each.cause, hops += 1) {
    if ('code' in each && NOT_CONNECTED.has(each.code)) return new ProxyFault(null, each);
  }
  return error;
}
