import type { HttpAnswer, HttpRequest } from '../aws/loopback-server.ts';
import { COMMON_HEADERS } from './answer.ts';
import { type ApiCredentials, isSame, TOKEN_SECONDS } from './credentials.ts';
import { headerOf } from './request.ts';

/** The result of an OAuth request: the response, the client, and the actual reason for an error. */
export interface OAuthOutcome {
  readonly answer: HttpAnswer;
  readonly principal: string | null;
  readonly refusal: string | null;
}

/**
 * Handles `POST /api/oauth/token`: returns a bearer token for the ID and the secret of a service account. The
 * request must use Basic authentication and `grant_type=client_credentials` (facts/mongodb.md 7.3). RFC 6749,
 * section 5.2 defines the errors. Their wording in Atlas is unverified.
 */
export function giveToken(request: HttpRequest, credentials: ApiCredentials): OAuthOutcome {
  const pairs = basicCredentials(request);
  const [first] = pairs;
  if (first === undefined) return unauthorized(null, 'no Basic credentials');
  const form = readForm(request);
  if (form === null) return invalid('invalid_request', first.id, 'the body is not a form');
  if (form.get('grant_type') !== 'client_credentials') {
    return invalid('unsupported_grant_type', first.id, 'the grant type is not client_credentials');
  }
  for (const { id, secret } of pairs) {
    const token = credentials.issueToken(id, secret);
    if (token !== null) {
      const body = { access_token: token.reveal(), expires_in: TOKEN_SECONDS, token_type: 'Bearer' };
      return { answer: answer(200, body), principal: id, refusal: null };
    }
  }
  return unauthorized(first.id, 'the client ID is unknown, or the secret is wrong or has expired');
}

/** Handles `POST /api/oauth/revoke` (RFC 7009). Returns 200 even for an unknown token. */
export function revokeToken(request: HttpRequest, credentials: ApiCredentials): OAuthOutcome {
  const { clientId, secret } = credentials.serviceAccount;
  const pairs = basicCredentials(request);
  const known = pairs.some((pair) => isSame(pair.id, clientId) && isSame(pair.secret, secret.reveal()));
  const id = pairs[0]?.id ?? null;
  if (!known) return unauthorized(id, 'the client ID is unknown, or the secret is wrong');
  const token = readForm(request)?.get('token') ?? null;
  if (token === null) return invalid('invalid_request', id, 'the body has no token');
  credentials.revokeToken(token);
  return { answer: answer(200, null), principal: id, refusal: null };
}

/**
 * Returns the client ID and the secret from the Basic credentials. RFC 6749 requires percent-encoding, but
 * many clients do not encode the values. If decoding changes a value, returns both the raw pair and the
 * decoded pair.
 */
function basicCredentials(request: HttpRequest): readonly { readonly id: string; readonly secret: string }[] {
  const given = /^basic ([\w+/]+=*)$/i.exec(headerOf(request, 'authorization') ?? '')?.[1];
  if (given === undefined) return [];
  const text = Buffer.from(given, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return [];
  const raw = { id: text.slice(0, colon), secret: text.slice(colon + 1) };
  try {
    const [id, secret] = [raw.id, raw.secret].map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
    const decoded = { id: id ?? '', secret: secret ?? '' };
    return decoded.id === raw.id && decoded.secret === raw.secret ? [raw] : [raw, decoded];
  } catch {
    return [raw];
  }
}

function readForm(request: HttpRequest): URLSearchParams | null {
  const type = headerOf(request, 'content-type') ?? '';
  if (!/^application\/x-www-form-urlencoded(;|$)/i.test(type)) return null;
  return new URLSearchParams(request.body.toString('utf8'));
}

function unauthorized(principal: string | null, refusal: string): OAuthOutcome {
  const body = { error: 'invalid_client', error_description: 'Client authentication failed.' };
  const headers = { 'www-authenticate': 'Basic realm="MongoDB Atlas"' };
  return { answer: answer(401, body, headers), principal, refusal };
}

function invalid(error: string, principal: string | null, refusal: string): OAuthOutcome {
  return { answer: answer(400, { error, error_description: refusal }), principal, refusal };
}

function answer(
  status: number,
  body: object | null,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  return {
    status,
    headers: {
      ...COMMON_HEADERS,
      ...(body !== null && { 'content-type': 'application/json' }),
      'cache-control': 'no-store',
      ...headers,
    },
    body: body === null ? '' : JSON.stringify(body),
  };
}
