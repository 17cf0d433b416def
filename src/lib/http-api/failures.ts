import { program, type SuggestedCommand } from '../core/command-line.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError } from '../core/errors.ts';
import type { FetchResponse } from '../core/fetch.ts';
import { adviceOf, transportFault } from '../net/transport-fault.ts';
import { shownUrl } from './api-url.ts';
import { type BearerChallenge, bearerChallenge } from './challenge.ts';

/**
 * The maximum length of a text from the response, in characters. An error description is usually one or two
 * sentences.
 */
const LONGEST_TEXT = 300;

/** The likely causes of the errors that RFC 6750, section 3.1, defines. */
const CAUSES: Readonly<Record<string, string>> = {
  invalid_request: 'The API did not find a bearer token in the expected place, or found two tokens.',
  insufficient_scope:
    'The API accepts the token, but the subject lacks a permission. AWS tokens have no scope, so the API must grant permissions to the subject.',
};

/** Converts a response with a status other than 2xx to a failure. Uses only the status and the headers. */
export function answerFailure(url: URL, { status, headers }: FetchResponse): FedctlError {
  const { location } = headers;
  if (status >= 300 && status < 400 && location !== undefined) return redirected(url, status, location);
  if (status === 401 || status === 403) {
    return refused(url, status, bearerChallenge(headers['www-authenticate'] ?? null));
  }
  return new FedctlError('net.api-failed', {
    message: `${shownUrl(url)} responded with status ${status}.`,
    likelyCause: causeOf(status),
    remedy: 'Inspect the response from this address, and check which server sends it.',
    command: curl(url),
    details: { url: shownUrl(url), status },
  });
}

/** Converts a network error to a failure. Called if no response was received. */
export function networkFailure(url: URL, timeoutMs: number, error: unknown): FedctlError {
  const fault = transportFault(error);
  if (fault?.kind === 'timeout') return timeoutFailure(url, timeoutMs, error);
  const details = { url: shownUrl(url), reason: fault?.code ?? null };
  const why = fault === null ? 'the connection failed' : `${fault.reason} (${fault.code})`;
  const advice = fault === null ? {} : adviceOf(fault, url);
  return fault?.kind === 'tls'
    ? new FedctlError('net.api-tls-failed', {
        message: `The TLS connection to ${url.host} failed: ${why}.`,
        ...advice,
        details,
        cause: error,
      })
    : new FedctlError('net.api-unreachable', {
        message: `Cannot reach ${url.host}: ${why}.`,
        remedy: 'Inspect the response from this address, and check which server sends it.',
        command: curl(url),
        ...advice,
        details,
        cause: error,
      });
}

export function timeoutFailure(url: URL, timeoutMs: number, cause: unknown): FedctlError {
  return new FedctlError('net.api-timeout', {
    message: `${shownUrl(url)} did not respond within ${formatDuration(timeoutMs / 1000)}.`,
    remedy: 'Inspect the response from this address, and check which server sends it.',
    command: curl(url),
    details: { url: shownUrl(url), timeoutMs },
    cause,
  });
}

function redirected(url: URL, status: number, location: string): FedctlError {
  const to = shown(location);
  return new FedctlError('net.api-redirected', {
    message: `${shownUrl(url)} redirects to ${to}. fedctl does not send the token there.`,
    details: { url: shownUrl(url), status, location: to },
  });
}

function refused(url: URL, status: number, challenge: BearerChallenge | null): FedctlError {
  const error = challenge?.error ?? null;
  const description = challenge?.description ?? null;
  const said = [
    ...(error === null ? [] : [shown(error)]),
    ...(description === null ? [] : [`"${shown(description)}"`]),
  ].join(', ');
  const likelyCause =
    challenge === null && status === 401
      ? NO_BEARER
      : Object.entries(CAUSES).find(([name]) => name === error)?.[1];
  return new FedctlError('net.api-refused', {
    message: `${shownUrl(url)} rejected the token with status ${status}${said === '' ? '' : `: ${said}`}.`,
    ...(likelyCause === undefined ? {} : { likelyCause }),
    details: {
      url: shownUrl(url),
      status,
      error: error === null ? null : shown(error),
      errorDescription: description === null ? null : shown(description),
    },
  });
}

const NO_BEARER =
  'The response does not request a bearer token (no WWW-Authenticate: Bearer). The API, or a proxy in front of it, may require other credentials.';

function causeOf(status: number): string {
  if (status >= 500) return 'The API, or a proxy in front of it, has an internal error.';
  switch (status) {
    case 404:
    case 410:
      return 'The API has no resource at this path.';
    case 405:
      return 'The API does not accept GET at this path.';
    case 429:
      return 'The API throttled the request.';
    default:
      return 'The API rejected the request before it checked the token.';
  }
}

/** Truncates a location or an error description, which may be long. */
function shown(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** Returns a curl command that sends the request without the token and shows the response. */
function curl(url: URL): SuggestedCommand {
  return program('curl', '-v', shownUrl(url));
}
