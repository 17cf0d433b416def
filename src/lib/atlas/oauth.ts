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

/** The access tokens of a service account, in memory only. */
export interface AccessTokens {
  /** @throws FedctlError atlas.* */
  get(bounds: Bounds): Promise<{
    readonly token: Secret;
    /** Asked for by this call, or by one that ran at the same time. */
    readonly fresh: boolean;
  }>;
  /** Forgets the token at hand: Atlas no longer accepts it. */
  drop(): void;
}

/** Not handed out in its last minute, or its last tenth if it lives shorter: time to carry it there. */
const LEEWAY_MS = 60_000;

/** Bytes that a header can carry; Atlas's own tokens are base64url. */
const Token = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]+$/),
  expires_in: z.number().positive(),
  token_type: z.string().regex(/^bearer$/i),
});

/**
 * `POST /api/oauth/token` by the client credentials of OAuth (RFC 6749 4.4; facts/mongodb.md 7.3): one request for all
 * who ask at the same time, and then none until the token is about to end.
 *
 * Id and secret go into Basic as they are: percent-encoding `_`, as RFC 6749 has it and OAuth libraries do, is refused
 * by servers that do not decode (facts/dependencies.md, trap 14).
 *
 * @param userAgent what all requests name
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
