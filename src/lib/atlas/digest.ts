import { createHash, randomBytes } from 'node:crypto';
import type { Secret } from '../core/secret.ts';

/**
 * Implements HTTP Digest (RFC 7616) with qop=auth, which Atlas requires for API keys. As of 2026-11, no known
 * library meets the requirements. digest-fetch has four dependencies, contains no types and does not support
 * `stale`. http-auth-utils supports only MD5 and puts `qop` and `nc` in quotes, which the RFC forbids.
 * digest-header supports only MD5 and does not reset `nc` for a new nonce.
 */
const HASHES: readonly (readonly [algorithm: string, hash: string])[] = [
  // The stronger algorithm is first, because a server may offer both.
  ['SHA-256', 'sha256'],
  ['MD5', 'md5'],
];

/** A Digest challenge from the server. */
export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly algorithm: string;
  readonly hash: string;
  /** True if the credentials were correct but the nonce was too old. */
  readonly stale: boolean;
}

type Parameters = Readonly<Record<string, string>>;

/**
 * Reads the challenges in a WWW-Authenticate header. Returns the supported challenge with the strongest
 * algorithm.
 *
 * @returns null if no challenge uses Digest with a supported algorithm and qop=auth
 */
export function readChallenge(header: string | null): Challenge | null {
  const offers = digestOffers(header ?? '');
  for (const [algorithm, hash] of HASHES) {
    const offer = offers.find((each) => (each['algorithm'] ?? 'MD5').toUpperCase() === algorithm);
    const { realm, nonce, qop = '', opaque = null, stale = '' } = offer ?? {};
    if (realm === undefined || nonce === undefined || !/(^|,)\s*auth\s*(,|$)/i.test(qop)) continue;
    return { realm, nonce, opaque, algorithm, hash, stale: stale.toLowerCase() === 'true' };
  }
  return null;
}

/**
 * Parses `Scheme k="v", k=v, Scheme …` and returns the parameters of each Digest challenge. Does not resolve
 * backslashes in quoted values.
 */
function digestOffers(header: string): readonly Parameters[] {
  const offers: Record<string, string>[] = [];
  let offer: Record<string, string> = {};
  for (const [, word = '', equals, quoted, plain = ''] of header.matchAll(
    /([\w!#$%&'*+.^`|~-]+)(\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]*)))?/g,
  )) {
    if (equals !== undefined) {
      offer[word.toLowerCase()] ??= quoted ?? plain;
      continue;
    }
    offer = {};
    if (word.toLowerCase() === 'digest') offers.push(offer);
  }
  return offers;
}

/** Creates the Authorization headers for one API key. Reuses the last nonce and increases the count `nc`. */
export class DigestAnswers {
  readonly #publicKey: string;
  readonly #privateKey: Secret;
  #challenge: Challenge | null = null;
  #count = 0;

  constructor(publicKey: string, privateKey: Secret) {
    this.#publicKey = publicKey;
    this.#privateKey = privateKey;
  }

  challenge(challenge: Challenge): void {
    this.#challenge = challenge;
    this.#count = 0;
  }

  /**
   * Returns the Authorization header of a request.
   *
   * @param target the path and query, exactly as in the request
   * @param cnonce the client nonce, new for each request
   * @returns null if the server has not sent a challenge yet
   */
  answer(method: string, target: string, cnonce = randomBytes(16).toString('hex')): string | null {
    const challenge = this.#challenge;
    if (challenge === null) return null;
    this.#count += 1;
    const { realm, nonce, opaque, algorithm, hash } = challenge;
    const nc = this.#count.toString(16).padStart(8, '0');
    const of = (text: string) => createHash(hash).update(text).digest('hex');
    const key = of(`${this.#publicKey}:${realm}:${this.#privateKey.reveal()}`);
    const response = of(`${key}:${nonce}:${nc}:${cnonce}:auth:${of(`${method}:${target}`)}`);
    const echoed = opaque === null ? '' : `, opaque="${opaque}"`;
    return `Digest username="${this.#publicKey}", realm="${realm}", nonce="${nonce}", uri="${target}", algorithm=${algorithm}, qop=auth, nc=${nc}, cnonce="${cnonce}", response="${response}"${echoed}`;
  }
}
