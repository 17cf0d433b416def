import type { JWK } from 'jose';
import { memberOf } from '../../lib/core/record.ts';
import { sendHttp } from '../mongod/http.ts';

/** The result of a request for an issuer's keys: the keys, or the fault. */
export type IssuerAnswer =
  | { readonly keys: readonly JWK[] }
  | {
      /** `unreachable` means no response, or a server error. A later request may succeed. */
      readonly fault: 'unreachable' | 'unusable';
      readonly reason: string;
    };

/** Fetches the current signing keys of an issuer. */
export type FindIssuerKeys = (issuer: string) => Promise<IssuerAnswer>;

/**
 * Creates a function that fetches keys through discovery. The function uses no cache, so a key rotation takes
 * effect immediately. It follows no redirects.
 *
 * @param ca the trusted CA certificates in PEM format (default: the CAs that Node.js trusts)
 */
export function findIssuerKeys({
  ca,
  signal,
}: {
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}): FindIssuerKeys {
  const read = async (address: string): Promise<unknown> => {
    const url = parseUrl(address);
    const headers = { Host: url.host, Accept: 'application/json' };
    const answer = await sendHttp({ method: 'GET', url, headers, ca, signal }).catch((error: unknown) => {
      throw new Unreachable(`${url.href}: ${error instanceof Error ? error.message : 'no response'}`);
    });
    if (answer.status >= 500) throw new Unreachable(`${url.href} responded with ${answer.status}`);
    if (answer.status !== 200) throw new Error(`${url.href} responded with ${answer.status}`);
    return parseJson(answer.body, url);
  };
  return async (issuer) => {
    try {
      const discovery = await read(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
      if (memberOf(discovery, 'issuer') !== issuer) {
        throw new Error('the discovery document contains a different issuer');
      }
      const address = memberOf(discovery, 'jwks_uri');
      if (typeof address !== 'string') throw new Error('the discovery document has no jwks_uri');
      const keys = memberOf(await read(address), 'keys');
      if (!Array.isArray(keys)) throw new Error('the key set has no list of keys');
      return { keys: keys.filter(isKey) };
    } catch (error) {
      const fault = error instanceof Unreachable ? 'unreachable' : 'unusable';
      return { fault, reason: error instanceof Error ? error.message : 'unknown' };
    }
  };
}

class Unreachable extends Error {}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new Error('the scheme of the URL is neither http nor https');
}

function parseJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`the response from ${url.href} is not JSON`);
  }
}

function isKey(value: unknown): value is JWK {
  return typeof memberOf(value, 'kty') === 'string';
}
