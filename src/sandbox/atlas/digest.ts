import { createHash, randomBytes } from 'node:crypto';
import type { ApiKey } from './credentials.ts';
import { isSame } from './credentials.ts';

const REALM = 'MMS Public API';
/** The lifetime of a nonce, in milliseconds. The lifetime in Atlas is unknown. */
const NONCE_LIFE = 5 * 60 * 1000;
/** The maximum number of stored nonces. A new nonce replaces the oldest. */
const NONCES = 1000;
/** The maximum number of requests with the same nonce. */
const USES = 10_000;

const ALGORITHMS: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' };

interface Nonce {
  /** The time at which the nonce was created, in milliseconds since 1970. */
  readonly issuedAt: number;
  readonly used: Set<number>;
}

export type DigestVerdict = 'accepted' | 'stale' | { readonly refused: string };

/**
 * HTTP Digest authentication (RFC 7616) with qop=auth. Atlas requires Digest authentication for programmatic
 * API keys. The challenge offers MD5, as recorded from Atlas (facts/mongodb.md 7.3). The lab also accepts a
 * response with SHA-256. A nonce expires, and each nonce count is valid only once.
 */
export class DigestAuthentication {
  readonly #now: () => Date;
  readonly #nonces = new Map<string, Nonce>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Creates a nonce and returns the value of the WWW-Authenticate header. */
  challenge(stale: boolean): string {
    const nonce = randomBytes(24).toString('base64');
    const [oldest] = this.#nonces.keys();
    if (this.#nonces.size >= NONCES && oldest !== undefined) this.#nonces.delete(oldest);
    this.#nonces.set(nonce, { issuedAt: this.#now().getTime(), used: new Set() });
    return `Digest realm="${REALM}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`;
  }

  /**
   * Verifies a response to a challenge.
   *
   * @param credentials the text after `Digest ` in the Authorization header
   * @param request the method, and the path with the query, byte for byte as received
   */
  judge(
    credentials: string,
    request: { readonly method: string; readonly target: string },
    key: ApiKey,
  ): DigestVerdict {
    const given = readParameters(credentials);
    if (given === null) return refused('the Digest credentials are malformed');
    const hash = ALGORITHMS[(given['algorithm'] ?? 'MD5').toUpperCase()];
    if (hash === undefined) return refused('the algorithm is neither MD5 nor SHA-256');
    if (given['realm'] !== REALM) return refused('the realm is wrong');
    if (given['qop'] !== 'auth') return refused('qop is not "auth"');
    if (given['uri'] !== request.target) return refused('the Digest uri differs from the request path');
    const { nonce = '', nc = '', cnonce = '', username = '', response = '' } = given;
    if (!/^[0-9a-f]{8}$/i.test(nc) || cnonce === '') return refused('nc or cnonce is missing or malformed');
    const of = (text: string) => createHash(hash).update(text).digest('hex');
    const secret = of(`${key.publicKey}:${REALM}:${key.privateKey.reveal()}`);
    const expected = of(
      [secret, nonce, nc, cnonce, 'auth', of(`${request.method}:${request.target}`)].join(':'),
    );
    const known = isSame(username, key.publicKey);
    const right = isSame(response.toLowerCase(), expected);
    if (!known) return refused('the public key is unknown');
    if (!right) return refused('the private key is wrong');
    return this.#spend(nonce, Number.parseInt(nc, 16));
  }

  #spend(nonce: string, count: number): DigestVerdict {
    const known = this.#nonces.get(nonce);
    if (known === undefined) return 'stale';
    if (this.#now().getTime() - known.issuedAt > NONCE_LIFE || known.used.size >= USES) {
      this.#nonces.delete(nonce);
      return 'stale';
    }
    if (known.used.has(count)) return refused('the nonce count was used before');
    known.used.add(count);
    return 'accepted';
  }
}

function refused(reason: string): DigestVerdict {
  return { refused: reason };
}

/** Parses parameters in the format `k="v", k=v`. Returns null for invalid syntax or a repeated name. */
function readParameters(credentials: string): Readonly<Record<string, string>> | null {
  const found: Record<string, string> = {};
  const parameter = /\s*([a-z0-9-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))\s*(?:,|$)/iy;
  while (parameter.lastIndex < credentials.length) {
    const match = parameter.exec(credentials);
    if (match === null) return null;
    const [, name = '', quoted, plain = ''] = match;
    const key = name.toLowerCase();
    if (Object.hasOwn(found, key)) return null;
    found[key] = quoted === undefined ? plain : quoted.replace(/\\(.)/g, '$1');
  }
  return found;
}
