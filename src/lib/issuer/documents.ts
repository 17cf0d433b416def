import type { JWK } from 'jose';
import { shellWord } from '../core/command-line.ts';
import { FedctlError } from '../core/errors.ts';
import { cut, shown } from '../jwt/fault.ts';
import { discoveryUrl, trustworthyUrl } from './address.ts';
import { curl, type FetchOptions, fetchJson } from './fetch-json.ts';
import { keySet } from './key-set.ts';

export type { FetchOptions } from './fetch-json.ts';

/** The validated documents that an issuer publishes. */
export interface IssuerDocuments {
  readonly issuer: string;
  readonly discoveryUrl: string;
  readonly jwksUri: string;
  readonly keys: readonly JWK[];
}

/**
 * Reads the discovery document and the keys of an issuer, as a relying party does (OpenID Connect Discovery
 * 1.0, section 4). Requires only the members that a relying party needs, because AWS omits many standard
 * members. In one recorded response, AWS also omitted response_types_supported (facts/aws.md 4).
 *
 * @param issuer the URL of the issuer, exactly as in the `iss` of its tokens
 * @throws FedctlError issuer.*; usage.invalid-value if the issuer is not a URL; the abort reason, if the
 * signal is aborted
 */
export async function fetchIssuerDocuments(issuer: string, options: FetchOptions): Promise<IssuerDocuments> {
  const discovery = discoveryUrl(issuer);
  const document = await fetchJson(discovery, options);
  refuseAnotherIssuer(issuer, document['issuer'], discovery);
  const jwksUri = jwksUriOf(document['jwks_uri'], issuer, discovery);
  const keys = await keysAt(jwksUri, options);
  return { issuer, discoveryUrl: discovery.href, jwksUri: jwksUri.href, keys };
}

/**
 * Reads a key set from a URL. Applies the size and time limits of `fetchIssuerDocuments`.
 *
 * @throws FedctlError issuer.*; usage.invalid-value if the address is not a URL; the abort reason, if the
 * signal is aborted
 */
export async function fetchKeySet(address: string, options: FetchOptions): Promise<readonly JWK[]> {
  const url = trustworthyUrl(address, 'key set');
  return keysAt(url, options);
}

async function keysAt(url: URL, options: FetchOptions): Promise<readonly JWK[]> {
  return keySet(await fetchJson(url, options), (fault) => {
    return new FedctlError('issuer.wrong-document', {
      message: `The key set at ${url.href} ${fault}.`,
      likelyCause: 'A key set from AWS is {"keys": […]} with an RSA and an EC key.',
      remedy: 'Inspect the response from this address, and check which server sends it.',
      command: curl(url),
      details: { url: url.href },
    });
  });
}

/**
 * Throws if the discovery document contains a different issuer. Compares the issuers byte for byte, as the
 * specification and MongoDB do (facts/mongodb.md 1.6).
 */
function refuseAnotherIssuer(asked: string, named: unknown, url: URL): void {
  if (named === asked) return;
  const details = { url: url.href, expected: asked, seen: shown(named) };
  if (typeof named !== 'string') {
    throw new FedctlError('issuer.wrong-document', {
      message: `The discovery document at ${url.href} contains no issuer.`,
      details,
    });
  }
  const slash = `${named}/` === asked || named === `${asked}/`;
  throw new FedctlError('issuer.wrong-document', {
    message: slash
      ? `The discovery document names the issuer ${named}, ${named.endsWith('/') ? 'with' : 'without'} a trailing slash, but the requested issuer is ${asked}.`
      : `The discovery document at ${url.href} names a different issuer: ${cut(named)}.`,
    details,
  });
}

/**
 * Returns the URL of the key set. The URL must have the same origin as the issuer. Without this check,
 * another host could determine which keys are trusted.
 */
function jwksUriOf(value: unknown, issuer: string, discovery: URL): URL {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    throw new FedctlError('issuer.wrong-document', {
      message: `The discovery document at ${discovery.href} has no key set URL (jwks_uri).`,
      details: { url: discovery.href, seen: shown(value) },
    });
  }
  const url = new URL(value);
  const origin = cut(url.origin);
  // The origin includes the scheme. Therefore, the keys of an https issuer are also fetched with https.
  if (url.origin === discovery.origin && url.username === '' && url.password === '') return url;
  throw new FedctlError('issuer.wrong-document', {
    message: `The discovery document at ${discovery.href} names another host for the keys: ${origin}.`,
    likelyCause:
      'The discovery document must not decide which host is trusted for the keys. AWS publishes the keys on the host of the issuer, but some issuers use another host.',
    remedy: `If you trust ${origin}, specify the key set yourself with fedctl verify --issuer ${shellWord(issuer)} --jwks ${shellWord(cut(url.origin + url.pathname + url.search))}.`,
    details: {
      url: discovery.href,
      expected: discovery.origin,
      seen: origin,
      issuer,
      jwksUri: `${url.origin}${url.pathname}${url.search}`,
    },
  });
}
