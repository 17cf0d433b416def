import { FedctlError } from '../core/errors.ts';
import type { AtlasCredentials } from '../ports/atlas.ts';
import { DigestAnswers, readChallenge } from './digest.ts';
import type { AtlasHttpAnswer, Bounds } from './exchange.ts';
import type { AccessTokens } from './oauth.ts';

/** What goes into a request. */
export interface Authorization {
  /** The header's value; null where the server must ask first. */
  readonly header: string | null;
  /** Just made for this request: when it is refused, the credential itself is. */
  readonly fresh: boolean;
}

/** One way to prove who asks. Neither shows its secret. */
export interface Authentication {
  /** `service account mdb_sa_id_…`, `API key abcdefgh`. */
  readonly name: string;
  authorize(method: string, target: string, bounds: Bounds): Promise<Authorization>;
  /**
   * Learns from a 401.
   *
   * @returns `again` when another authorization may do better; `stale` when it will, for nothing was wrong but its age;
   *   `unasked` when the answer does not ask for this kind of credential
   */
  refused(answer: AtlasHttpAnswer, authorization: Authorization): 'again' | 'stale' | 'unasked';
}

/** A service account's bearer tokens. */
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

/** An API key's answers to challenges. The private key is never sent, so there is nothing that could come back. */
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

/** No credential of Atlas has white space; what else there is would break the header, or was pasted with it. */
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
