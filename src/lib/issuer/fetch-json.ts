import { program, type SuggestedCommand } from '../core/command-line.ts';
import { deadline, timedOut } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import type { Fetch, FetchResponse } from '../core/fetch.ts';
import { isTooDeep, MAX_NESTING } from '../core/nesting.ts';
import { isRecord } from '../core/record.ts';
import { adviceOf, transportFault } from '../net/transport-fault.ts';
import { withoutByteOrderMark } from './byte-order-mark.ts';

/** The maximum size of a response, in bytes. A discovery document or key set from AWS is a few kilobytes. */
const MAX_BYTES = 512 * 1024;

export interface FetchOptions {
  readonly fetch: Fetch;
  /** The time limit for each request and its complete response, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Fetches a JSON object from an untrusted issuer. Does not follow redirects, and limits the size and the time
 * of the complete response.
 *
 * @throws FedctlError issuer.unreachable, issuer.timeout, issuer.tls-failed, issuer.redirected,
 * issuer.http-status, issuer.too-large, issuer.not-json, issuer.wrong-document if the JSON is nested too
 * deeply; the abort reason, if the signal is aborted
 */
export async function fetchJson(url: URL, options: FetchOptions): Promise<Readonly<Record<string, unknown>>> {
  const signal = deadline(options.signal, options.timeoutMs);
  try {
    const response = await options.fetch(url, {
      headers: { accept: 'application/json' },
      maxBytes: MAX_BYTES,
      signal,
    });
    return parseObject(url, acceptableBody(url, response), response.headers['content-type'] ?? null);
  } catch (error) {
    if (options.signal.aborted) throw options.signal.reason;
    if (error instanceof FedctlError) throw error;
    if (timedOut(signal)) throw timeoutFailure(url, options.timeoutMs, error);
    throw networkFailure(url, options.timeoutMs, error);
  }
}

function acceptableBody(url: URL, response: FetchResponse): string {
  const { status, body } = response;
  if (status >= 300 && status < 400) throw redirected(url, response);
  if (status !== 200) {
    throw new FedctlError('issuer.http-status', {
      message: `${url.href} responded with status ${status}.`,
      ...causeOfStatus(status),
      remedy: 'Inspect the response from this address, and check which server sends it.',
      command: curl(url),
      details: { url: url.href, status },
    });
  }
  if (body !== null) return body;
  throw new FedctlError('issuer.too-large', {
    message: `The response from ${url.href} is larger than ${MAX_BYTES / 1024} KiB.`,
    remedy: 'Inspect the response from this address, and check which server sends it.',
    command: curl(url),
    details: { url: url.href, maxBytes: MAX_BYTES },
  });
}

/**
 * Returns the likely cause for the statuses 401, 403, 407, 429 and 5xx, which do not show whether the document
 * exists. Returns an empty object for all other statuses.
 */
function causeOfStatus(status: number): { readonly likelyCause?: string } {
  if (status >= 500) return { likelyCause: 'The issuer, or a proxy in front of it, has an internal error.' };
  if (status === 429) return { likelyCause: 'The issuer throttled the request.' };
  if (status !== 401 && status !== 403 && status !== 407) return {};
  return {
    likelyCause:
      'The documents of an issuer are public. A proxy or another device on the network path probably denied the request.',
  };
}

function parseObject(url: URL, body: string, type: string | null): Readonly<Record<string, unknown>> {
  let value: unknown = null;
  try {
    value = JSON.parse(withoutByteOrderMark(body));
  } catch {
    // The code below throws `issuer.not-json` without the parse error, because the parse error would quote the
    // untrusted body.
  }
  if (isRecord(value)) {
    if (isTooDeep(value)) throw tooDeep(url);
    return value as Record<string, unknown>;
  }
  const seen = type === null ? 'no content type' : `content type ${type}`;
  throw new FedctlError('issuer.not-json', {
    message: `${url.href} did not return a JSON object (${seen}).`,
    remedy: 'Inspect the response from this address, and check which server sends it.',
    command: curl(url),
    details: { url: url.href, contentType: type },
  });
}

function tooDeep(url: URL): FedctlError {
  return new FedctlError('issuer.wrong-document', {
    message: `The document at ${url.href} is nested more than ${MAX_NESTING} levels deep.`,
    likelyCause:
      'Discovery documents and key sets from AWS are nested only two levels deep. This document is probably not from AWS.',
    remedy: 'Inspect the response from this address, and check which server sends it.',
    command: curl(url),
    details: { url: url.href },
  });
}

function redirected(url: URL, { status, headers }: FetchResponse): FedctlError {
  const { location = null } = headers;
  return new FedctlError('issuer.redirected', {
    message: `${url.href} redirects to ${location ?? 'another URL'}. fedctl does not follow redirects.`,
    remedy: 'Check which server responds. Common causes are a captive portal and a wrong issuer.',
    command: curl(url),
    details: { url: url.href, status, location },
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
        message: `The TLS connection to ${url.host} failed: ${why}.`,
        details,
        ...advice,
        cause: error,
      })
    : new FedctlError('issuer.unreachable', {
        message: `Cannot reach ${url.host}: ${why}.`,
        remedy: 'Inspect the response from this address, and check which server sends it.',
        command: curl(url),
        ...advice,
        details,
        cause: error,
      });
}

function timeoutFailure(url: URL, timeoutMs: number, cause: unknown): FedctlError {
  return new FedctlError('issuer.timeout', {
    message: `${url.href} returned no complete response within ${formatDuration(timeoutMs / 1000)}.`,
    remedy: 'Inspect the response from this address, and check which server sends it.',
    command: curl(url),
    details: { url: url.href, timeoutMs },
    cause,
  });
}

/** Returns a curl command that requests the URL and shows the response. */
export function curl(url: URL): SuggestedCommand {
  return program('curl', '-v', url.href);
}
