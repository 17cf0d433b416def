import { program } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { bounded, timedOut } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import type { FetchResponse } from '../core/fetch.ts';
import type { Redactor } from '../core/redactor.ts';
import { adviceOf, transportFault } from '../net/transport-fault.ts';

/** Maximum size of a response in bytes. A page of 100 clusters is about 1 MB. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Maximum length of untrusted text in a message, in characters. */
const QUOTED = 300;

export interface AtlasHttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /**
   * Removes the secrets of the request from messages. The server could repeat these secrets in its response.
   */
  readonly redactor: Redactor;
}

export interface AtlasHttpAnswer {
  readonly request: AtlasHttpRequest;
  readonly status: number;
  readonly headers: FetchResponse['headers'];
  readonly body: string;
}

/** The timeout of one exchange in milliseconds, and a signal that aborts the exchange. */
export interface Bounds {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Sends one request and returns the complete response, with any status. Does not follow redirects: Atlas
 * sends no redirects, and a redirect could send the credential to another host.
 *
 * @throws FedctlError atlas.unreachable, atlas.tls-failed, atlas.timeout, atlas.not-atlas, and the proxy
 * errors (net.*); the abort reason, if the signal is aborted
 */
export async function exchange(
  context: Pick<Context, 'fetch'>,
  request: AtlasHttpRequest,
  { signal, timeoutMs }: Bounds,
): Promise<AtlasHttpAnswer> {
  signal.throwIfAborted();
  return await bounded(signal, timeoutMs, async (bound) => {
    try {
      return await send(context, request, bound);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (isFedctlError(error)) throw error;
      throw timedOut(bound)
        ? timeoutFailure(request, timeoutMs, error)
        : networkFailure(request, timeoutMs, error);
    }
  });
}

async function send(
  context: Pick<Context, 'fetch'>,
  request: AtlasHttpRequest,
  signal: AbortSignal,
): Promise<AtlasHttpAnswer> {
  const { method, url, headers, body } = request;
  const response = await context.fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    maxBytes: MAX_BYTES,
    signal,
  });
  const { status } = response;
  if (status >= 300 && status < 400) {
    const { location } = response.headers;
    const target = location === undefined ? 'another URL' : quote(request, location);
    throw notAtlas(request, `redirects to ${target}, which fedctl does not follow`, status);
  }
  if (response.body === null) {
    throw notAtlas(request, `returned a response of more than ${MAX_BYTES / 1024 / 1024} MiB`, status);
  }
  return { request, status, headers: response.headers, body: response.body };
}

/** Returns the method and URL without the query, for example `GET https://cloud.mongodb.com/api/atlas/v2/groups/…`. */
export function nameOf({ method, url }: AtlasHttpRequest): string {
  return `${method} ${url.origin}${url.pathname}`;
}

/** Removes the secrets of this run from untrusted text, and shortens the text for a message. */
export function quote({ redactor }: AtlasHttpRequest, text: string): string {
  const clean = redactor.redact(text);
  return clean.length > QUOTED ? `${clean.slice(0, QUOTED)}…` : clean;
}

/**
 * Returns the failure for a response that does not come from Atlas.
 *
 * @param did the text that follows the name of the request in the message, such as `returned HTML`
 */
export function notAtlas(request: AtlasHttpRequest, did: string, status: number): FedctlError {
  return new FedctlError('atlas.not-atlas', {
    message: `${nameOf(request)} ${did}.`,
    remedy: 'Check which server responds at this URL.',
    command: program('curl', '-v', `${request.url.origin}/`),
    details: { url: request.url.href, status },
  });
}

function timeoutFailure(request: AtlasHttpRequest, timeoutMs: number, cause: unknown): FedctlError {
  return new FedctlError('atlas.timeout', {
    message: `${nameOf(request)} returned no complete response within ${formatDuration(timeoutMs / 1000)}.`,
    details: { url: request.url.href, timeoutMs },
    cause,
  });
}

function networkFailure(request: AtlasHttpRequest, timeoutMs: number, cause: unknown): FedctlError {
  const { host, href } = request.url;
  const fault = transportFault(cause);
  if (fault?.kind === 'timeout') return timeoutFailure(request, timeoutMs, cause);
  const details = { url: href, reason: fault?.code ?? null };
  const advice = fault === null ? {} : adviceOf(fault, request.url);
  if (fault?.kind === 'tls') {
    const message = `The TLS connection to the Atlas API at ${host} failed: ${fault.reason} (${fault.code}).`;
    return new FedctlError('atlas.tls-failed', { message, details, ...advice, cause });
  }
  const reason = fault === null ? 'the connection failed' : `${fault.reason} (${fault.code})`;
  return new FedctlError('atlas.unreachable', {
    message: `Cannot reach the Atlas API at ${host}: ${reason}.`,
    details,
    ...advice,
    cause,
  });
}
