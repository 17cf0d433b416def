import * as z from 'zod';
import type { Context } from '../core/context.ts';
import type { Redactor } from '../core/redactor.ts';
import { Secret } from '../core/secret.ts';
import { singleFlight } from '../core/single-flight.ts';
import type { AtlasCredentials } from '../ports/atlas.ts';
import { type AtlasHttpRequest, type Bounds, exchange } from './exchange.ts';
import { readAnswer } from './read-answer.ts';
import { refusalOf } from './refusals.ts';

type ServiceAccount = Extract<AtlasCredentials, { kind: 'service-account' }>;

/** The access tokens of a service account, kept only in memory. */
export interface AccessTokens {
  /** @throws FedctlError atlas.* */
  get(bounds: Bounds): Promise<{
    readonly token: Secret;
    /** True if the token was requested from Atlas during this call; false if it was cached. */
    readonly fresh: boolean;
  }>;
  /** Discards the current token after Atlas rejects it. */
  drop(): void;
}

/**
 * A token could expire before it reaches the server. So a token is not used in its last minute or, if its
 * lifetime is short, in the last tenth of its lifetime.
 */
const LEEWAY_MS = 60_000;

/** Accepts only characters that are valid in a header. Atlas tokens are base64url. */
const Token = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive(),
  token_type: z.string().regex(/^bearer$/i),
});

/**
 * Requests tokens at `POST /api/oauth/token` with the OAuth client credentials grant (RFC 6749 4.4;
 * facts/mongodb.md 7.3). Concurrent callers share one request. The token is reused until shortly before it
 * expires.
 *
 * The client ID and the secret are sent unchanged with HTTP Basic authentication. OAuth libraries percent-encode
 * `_`, as RFC 6749 allows, but some servers do not decode `%5F` and reject the credential
 * (facts/dependencies.md, trap 14).
 *
 * @param userAgent the User-Agent header of all requests
 */
export function accessTokens(
  url: string,
  account: ServiceAccount,
  context: Pick<Context, 'fetch' | 'now' | 'redactor'>,
  userAgent: string,
  timeoutMs: number,
): AccessTokens {
  let held: { readonly token: Secret; readonly end: number } | null = null;
  const request = tokenRequest(url, account, userAgent, context.redactor);
  const ask = singleFlight(async (signal) => {
    const askedAt = context.now().getTime();
    const answer = await exchange(context, request, { signal, timeoutMs });
    if (answer.status !== 200) {
      throw refusalOf(answer, { credential: `service account ${account.clientId}`, role: null });
    }
    const { access_token, expires_in } = readAnswer(answer, Token);
    const life = expires_in * 1000;
    const token = new Secret(access_token);
    context.redactor.learn(token);
    held = { token, end: askedAt + life - Math.min(LEEWAY_MS, life / 10) };
    return token;
  });
  return {
    async get({ signal }) {
      if (held !== null && context.now().getTime() < held.end) return { token: held.token, fresh: false };
      return { token: await ask(signal), fresh: true };
    },
    drop() {
      held = null;
    },
  };
}

function tokenRequest(
  url: string,
  { clientId, secret }: ServiceAccount,
  userAgent: string,
  redactor: Redactor,
): AtlasHttpRequest {
  const basic = Buffer.from(`${clientId}:${secret.reveal()}`).toString('base64');
  return {
    method: 'POST',
    url: new URL('/api/oauth/token', url),
    headers: {
      accept: 'application/json',
      authorization: `Basic ${basic}`,
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': userAgent,
    },
    body: 'grant_type=client_credentials',
    redactor,
  };
}
