import { FedctlError } from '../core/errors.ts';
import type { AtlasCredentials } from '../ports/atlas.ts';
import { DigestAnswers, readChallenge } from './digest.ts';
import type { AtlasHttpAnswer, Bounds } from './exchange.ts';
import type { AccessTokens } from './oauth.ts';

/** The authorization of a request. */
export interface Authorization {
  /** The value of the header; null when the server must send a challenge first. */
  readonly header: string | null;
  /** Created for this request. If it is rejected, the credential itself is invalid. */
  readonly fresh: boolean;
}

/** One authentication scheme. Neither reveals its secret. */
export interface Authentication {
  /** `service account mdb_sa_id_…`, `API key abcdefgh`. */
  readonly name: string;
  authorize(method: string, target: string, bounds: Bounds): Promise<Authorization>;
  /**
   * Evaluates a 401 response.
   *
   * @returns `again` when another authorization may succeed; `stale` when it will, because only its age was
   * wrong; `unasked` when the response does not ask for this kind of credential
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

/**
 * Authenticates with an API key and HTTP Digest. The private key is never sent, so a response cannot contain
 * it.
 */
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
 * Atlas credentials contain no white space. Other characters would break the header, or were pasted by
 * mistake.
 */
const CREDENTIAL = /^[\x21-\x7e]+$/;

/** @throws FedctlError atlas.credentials-malformed */
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
    // A colon ends the name in both schemes, and a quotation mark ends it in Digest.
    const isName = name === 'client id' || name === 'public key';
    if (CREDENTIAL.test(value) && !(isName && /[:"\\]/.test(value))) continue;
    throw new FedctlError('atlas.credentials-malformed', {
      message: `The ${name} for the Atlas API has white space or a character that no Atlas credential has.`,
      details: { part: name },
    });
  }
}
