import { deadline, timedOut } from '../deadline.ts';
import { formatDuration } from '../duration.ts';
import { FedctlError } from '../errors.ts';
import { dropBody, readBody } from '../net/bounded-body.ts';
import { adviceOf, transportFault } from '../net/transport-fault.ts';

/** A discovery document or key set of AWS is a few kilobytes. */
const MAX_BYTES = 512 * 1024;

export interface FetchOptions {
  readonly fetch: typeof globalThis.fetch;
  /** Bounds each request, its body included. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Fetches a JSON object from an issuer that is not trusted to behave: no redirect is followed, and size and time of
 * the whole answer are bounded while it comes in.
 *
 * @throws FedctlError issuer.unreachable, issuer.timeout, issuer.tls-failed, issuer.redirected, issuer.http-status,
 *   issuer.too-large, issuer.not-json; the signal's own reason when it fires
 */
export async function fetchJson(url: URL, options: FetchOptions): Promise<Readonly<Record<string, unknown>>> {
  const signal = deadline(options.signal, options.timeoutMs);
  try {
    const response = await options.fetch(url.href, {
      redirect: 'manual',
      signal,
      headers: { accept: 'application/json' },
    });
    const body = await acceptableBody(url, response);
    return parseObject(url, body, response.headers.get('content-type'));
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    if (error instanceof FedctlError) throw error;
    if (timedOut(signal)) throw timeoutFailure(url, options.timeoutMs, error);
    throw networkFailure(url, options.timeoutMs, error);
  }
}

async function acceptableBody(url: URL, response: Response): Promise<string> {
  try {
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      throw redirected(url, response);
    }
    if (response.status !== 200) {
      throw new FedctlError('issuer.http-status', {
        message: `${url.href} answered with status ${response.status}.`,
        ...causeOfStatus(response.status),
        remedy: curl(url),
        details: { url: url.href, status: response.status },
      });
    }
    const body = await readBody(response, MAX_BYTES);
    if (body !== null) return body;
    throw new FedctlError('issuer.too-large', {
      message: `The answer of ${url.href} is larger than ${MAX_BYTES / 1024} KiB.`,
      remedy: curl(url),
      details: { url: url.href, maxBytes: MAX_BYTES },
    });
  } finally {
    await dropBody(response);
  }
}

/** A status that says nothing of whether there is such a document. */
function causeOfStatus(status: number): { readonly likelyCause?: string } {
  if (status >= 500) return { likelyCause: 'The issuer, or a proxy before it, has a fault of its own.' };
  if (status === 429) return { likelyCause: 'The issuer had too many requests.' };
  if (status !== 401 && status !== 403 && status !== 407) return {};
  return { likelyCause: 'An issuer publishes to everybody: something on the way refuses, such as a proxy.' };
}

function parseObject(url: URL, body: string, type: string | null): Readonly<Record<string, unknown>> {
  let value: unknown = null;
  try {
    value = JSON.parse(body);
  } catch {
    // Told below. The error would quote the body, which anybody may have written.
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  const seen = type === null ? 'no content type' : `content type ${type}`;
  throw new FedctlError('issuer.not-json', {
    message: `${url.href} did not answer with a JSON object (${seen}).`,
    remedy: curl(url),
    details: { url: url.href, contentType: type },
  });
}

function redirected(url: URL, response: Response): FedctlError {
  const location = response.headers.get('location');
  return new FedctlError('issuer.redirected', {
    message: `${url.href} redirects to ${location ?? 'another address'}; fedctl does not follow.`,
    remedy: `${curl(url)}   (often a captive portal or a wrong issuer)`,
    details: { url: url.href, status: response.status, location },
  });
}

function networkFailure(url: URL, timeoutMs: number, error: unknown): FedctlError {
  const fault = transportFault(error);
  if (fault?.kind === 'timeout') return timeoutFailure(url, timeoutMs, error);
  const why = fault === null ? 'the connection failed' : `${fault.reason} (${fault.code})`;
  const details = { url: url.href, reason: fault?.code ?? null };
  const advice = fault === null ? {} : adviceOf(fault, url);
  return fault?.kind === 'tls'
    ? new FedctlError('issuer.tls-failed', {
        message: `No TLS connection to ${url.host}: ${why}.`,
        details,
        ...advice,
        cause: error,
      })
    : new FedctlError('issuer.unreachable', {
        message: `${url.host} cannot be reached: ${why}.`,
        ...advice,
        remedy: curl(url),
        details,
        cause: error,
      });
}

function timeoutFailure(url: URL, timeoutMs: number, cause: unknown): FedctlError {
  return new FedctlError('issuer.timeout', {
    message: `${url.href} gave no whole answer within ${formatDuration(timeoutMs / 1000)}.`,
    remedy: curl(url),
    details: { url: url.href, timeoutMs },
    cause,
  });
}

/** The remedy is typed into a shell, and part of the URL may come from somebody else. */
export function curl(url: URL): string {
  return `curl -v '${url.href.replaceAll("'", '%27')}'`;
}
