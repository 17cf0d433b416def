import type { JWK } from 'jose';
import { memberOf } from '../../lib/core/record.ts';
import { sendHttp } from '../mongod/http.ts';

/** What came of asking an issuer for its keys: the keys, or why there are none. */
export type IssuerAnswer =
  | { readonly keys: readonly JWK[] }
  | {
      /** `unreachable`: nobody answered, or with a server error, so that a later try may work. */
      readonly fault: 'unreachable' | 'unusable';
      readonly reason: string;
    };

/** Asks an issuer for the keys that it signs with now. */
export type FindIssuerKeys = (issuer: string) => Promise<IssuerAnswer>;

/**
 * Finds keys through discovery, anew each time: a rotation is seen at once. No redirect is followed.
 *
 * @param ca PEM, for issuers that the lab itself plays under TLS; what Node.js trusts when absent
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
        throw new Error('its discovery document names a different issuer');
      }
      const address = memberOf(discovery, 'jwks_uri');
      if (typeof address !== 'string') throw new Error('its discovery document has no jwks_uri');
      const keys = memberOf(await read(address), 'keys');
      if (!Array.isArray(keys)) throw new Error('its key set has no list of keys');
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
  throw new Error('its URL is not http or https');
}

function parseJson(text: string, url: URL): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${url.href} is not JSON`);
  }
}

function isKey(value: unknown): value is JWK {
  return typeof memberOf(value, 'kty') === 'string';
}
