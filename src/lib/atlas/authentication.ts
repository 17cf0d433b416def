import { FedctlError } from '../core/errors.ts';
import type { AtlasCredentials } from '../ports/atlas.ts';
import { DigestAnswers, readChallenge } from './digest.ts';
import type { AtlasHttpAnswer, Bounds } from './exchange.ts';
import type { AccessTokens } from './oauth.ts';

/** The authorization of a request. */
export interface Authorization {
  /** The value of the Authorization header; null if the server must send a challenge first. */
  readonly header: string | null;
  /**
   * True if the authorization was created for this request. If the server rejects a fresh authorization, the
   * credential itself is invalid.
   */
  readonly fresh: boolean;
}

/** An authentication scheme for the Atlas API. */
export interface Authentication {
  /** Describes the credential without secrets, for example `service account mdb_sa_id_…` or `API key abcdefgh`. */
  readonly name: string;
  authorize(method: string, target: string, bounds: Bounds): Promise<Authorization>;
  /**
   * Evaluates a 401 response.
   *
   * @returns `again` if another authorization may succeed; `stale` if another authorization will succeed,
   * because only the nonce was too old; `unasked` if the response does not request this authentication scheme
   */
  refused(answer: AtlasHttpAnswer, authorization: Authorization): 'again' | 'stale' | 'unasked';
}

/** Authenticates with the bearer tokens of a service account. */
export function bearer(clientId: string, tokens: AccessTokens): Authentication {
  return {
    name: `service account ${clientId}`,
    async authorize(_method, _target, bounds) {
      const { token, fresh } = await tokens.get(bounds);
      return { header: `Bearer ${token.reveal()}`, fresh };
    },
    refused() {
      tokens.drop();
      return 'again';
    },
  };
}

/** Authenticates with an API key and HTTP Digest. The private key is never sent. */
export function digest({
  publicKey,
  privateKey,
}: Extract<AtlasCredentials, { kind: 'api-key' }>): Authentication {
  const answers = new DigestAnswers(publicKey, privateKey);
  return {
    name: `API key ${publicKey}`,
    async authorize(method, target) {
      return { header: answers.answer(method, target), fresh: false };
    },
    refused({ headers }) {
      const challenge = readChallenge(headers['www-authenticate'] ?? null);
      if (challenge === null) return 'unasked';
      answers.challenge(challenge);
      return challenge.stale ? 'stale' : 'again';
    },
  };
}

/**
 * Atlas credentials contain only these characters. Other characters were pasted by mistake or would make the
 * header invalid.
 */
const CREDENTIAL = /^[\x21-\x7e]+$/;

/**
 * Checks the characters in the credentials.
 *
 * @throws FedctlError atlas.credentials-malformed
 */
export function validateCredentials(credentials: AtlasCredentials): void {
  const parts =
    credentials.kind === 'service-account'
      ? ([
          ['client id', credentials.clientId],
          ['client secret', credentials.secret.reveal()],
        ] as const)
      : ([
          ['public key', credentials.publicKey],
          ['private key', credentials.privateKey.reveal()],
        ] as const);
  for (const [name, value] of parts) {
    // In Basic and Digest authentication, a colon ends the name. In Digest authentication, a quotation mark also
    // ends the name, and a backslash escapes the next character.
    const isName = name === 'client id' || name === 'public key';
    if (CREDENTIAL.test(value) && !(isName && /[:"\\]/.test(value))) continue;
    throw new FedctlError('atlas.credentials-malformed', {
      message: `The ${name} for the Atlas API contains white space or an invalid character.`,
      details: { part: name },
    });
  }
}
