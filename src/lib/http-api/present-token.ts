import { deadline, timedOut } from '../core/deadline.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import type { Fetch } from '../core/fetch.ts';
import type { Secret } from '../core/secret.ts';
import { apiUrl } from './api-url.ts';
import { answerFailure, networkFailure, timeoutFailure } from './failures.ts';

export interface PresentOptions {
  readonly fetch: Fetch;
  readonly now: () => Date;
  /** The time limit for receiving the response headers, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The result of a request that the API accepted. */
export interface Presentation {
  /** The HTTP status, 200 to 299. */
  readonly status: number;
  /** The time until the response headers were received, in milliseconds. */
  readonly ms: number;
}

/** Matches a bearer token (RFC 6750, 2.1). */
const TOKEN = /^[\w.~+/-]+=*$/;

/**
 * Sends a token to an HTTP API: `GET url` with `Authorization: Bearer …`. No redirect is followed, because
 * the token must not be sent to another host. The body is not read, because it is not needed.
 *
 * @param url the URL of the API. The URL must use https. http is allowed only for this machine.
 * @throws FedctlError net.plaintext-refused, usage.invalid-value, jwt.not-a-jwt before anything is sent;
 * net.api-refused, net.api-failed, net.api-redirected if the API does not accept the request;
 * net.api-unreachable, net.api-tls-failed, net.api-timeout if the API does not respond; net.proxy-invalid,
 * net.ca-bundle-invalid; the abort reason, if the signal is aborted
 */
export async function presentToken(
  url: string,
  token: Secret,
  options: PresentOptions,
): Promise<Presentation> {
  const { now, timeoutMs, signal } = options;
  const to = apiUrl(url);
  if (!TOKEN.test(token.reveal())) {
    throw new FedctlError('jwt.not-a-jwt', {
      message: 'The token has characters that an Authorization header cannot contain.',
    });
  }
  signal.throwIfAborted();
  const bounded = deadline(signal, timeoutMs);
  const since = now().getTime();
  try {
    const response = await options.fetch(to, {
      headers: { authorization: `Bearer ${token.reveal()}` },
      maxBytes: 0,
      signal: bounded,
    });
    const ms = Math.max(0, now().getTime() - since);
    if (response.status < 200 || response.status > 299) throw answerFailure(to, response);
    return { status: response.status, ms };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isFedctlError(error)) throw error;
    throw timedOut(bounded) ? timeoutFailure(to, timeoutMs, error) : networkFailure(to, timeoutMs, error);
  }
}
