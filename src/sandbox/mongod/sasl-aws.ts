import { randomBytes } from 'node:crypto';
import { Binary } from 'bson';
import { decideArn } from '../../lib/trust/decide-arn.ts';
import { refusalText } from '../../lib/trust/refusal.ts';
import type { DatabaseUser, Place } from '../../lib/trust/relying-party.ts';
import type { TypedDocument } from './bson-codec.ts';
import { numberOf } from './fields.ts';
import { serverTextOf } from './login-attempt.ts';
import { Refused } from './refused.ts';
import { type Login, type Note, type SaslMechanism, writePayload } from './sasl.ts';
import { replayCallerIdentity, type SignedRequest } from './sts-replay.ts';

const NONCE_BYTES = 32;
/**
 * The character code of `n`. The client sends `n` if it does not support channel binding. The server rejects all other
 * values.
 */
const NO_CHANNEL_BINDING = 110;

/**
 * The headers that the client must sign. The signed nonce prevents a replay. The signed host prevents the use of the
 * request on another server.
 */
const ALWAYS_SIGNED = ['host', 'x-amz-date', 'x-mongodb-gs2-cb-flag', 'x-mongodb-server-nonce'] as const;

export interface AwsMechanismOptions {
  /** The STS host. The server sends this host to the client in the field `h`. */
  readonly stsHost: string;
  readonly stsUrl: string;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
  readonly databaseUsers: () => readonly DatabaseUser[];
  readonly place: () => Place;
}

/**
 * The MONGODB-AWS mechanism (facts/mongodb.md 2.1, 2.5). The client and the server exchange nonces. The client then
 * sends a signed GetCallerIdentity request. The server forwards the request to STS, and STS verifies the signature.
 */
export function awsMechanism(options: AwsMechanismOptions): SaslMechanism {
  return async (first, note) => {
    const clientNonce = first['r'];
    if (!(clientNonce instanceof Binary) || clientNonce.length() !== NONCE_BYTES) {
      throw new Refused(`the client nonce is not a binary value of ${NONCE_BYTES} bytes`);
    }
    if (first['p'] !== undefined && numberOf(first['p']) !== NO_CHANNEL_BINDING) {
      throw new Refused('the client requires channel binding');
    }
    const nonce = Buffer.concat([clientNonce.value(), randomBytes(NONCE_BYTES)]);
    note(
      `received a client nonce of ${NONCE_BYTES} bytes and returned a nonce of ${nonce.length} bytes; the client must add the returned nonce to a GetCallerIdentity request for ${options.stsHost} and sign this request`,
    );
    return {
      done: false,
      payload: writePayload({ s: new Binary(nonce), h: options.stsHost }),
      next: async (second, noted) => ({ done: true, login: await judge(second, nonce, options, noted) }),
    };
  };
}

async function judge(
  payload: TypedDocument,
  nonce: Buffer,
  options: AwsMechanismOptions,
  note: Note,
): Promise<Login> {
  const { scope, ...request } = readSignedRequest(payload);
  const [accessKeyId, , region] = scope.split('/');
  note(
    `received a GetCallerIdentity request for Region ${region}, signed with the access key ${accessKeyId}; forwarding the unchanged request to STS`,
  );
  const arn = await replayCallerIdentity({
    ...request,
    host: options.stsHost,
    nonce: nonce.toString('base64'),
    url: options.stsUrl,
    ca: options.ca,
    signal: options.signal,
  });
  note(`STS returned ${arn}`);
  const decision = decideArn(arn, options.databaseUsers(), options.place());
  if (!decision.accepted) {
    throw new Refused(refusalText(decision.refusal), arn, serverTextOf(decision.refusal));
  }
  const { principal } = decision;
  return {
    principal,
    expiresAt: null,
    evidence: `the ARN matches the database user ${principal.username}`,
  };
}

/**
 * Parses the client's signed request. Checks the format, the service and the list of signed headers.
 *
 * @throws Refused
 */
function readSignedRequest(payload: TypedDocument): SignedRequest & { readonly scope: string } {
  const { a: authorization, d: date, t: sessionToken } = payload;
  if (typeof authorization !== 'string' || !/^[\x20-\x7e]+$/.test(authorization)) {
    throw new Refused('the field "a" is not an Authorization header');
  }
  if (typeof date !== 'string' || !/^\d{8}T\d{6}Z$/.test(date))
    throw new Refused('the field "d" is not a date');
  if (
    sessionToken !== undefined &&
    (typeof sessionToken !== 'string' || !/^[\x21-\x7e]+$/.test(sessionToken))
  ) {
    throw new Refused('the field "t" is not a session token');
  }
  const parts = /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=[0-9a-f]{64}$/.exec(
    authorization,
  );
  if (parts === null) throw new Refused('the field "a" is not a Signature Version 4 header');
  const [, scope = '', signedHeaders = ''] = parts;
  if (!/^[^/]+\/\d{8}\/[^/]+\/sts\/aws4_request$/.test(scope)) {
    throw new Refused('the signature is not for the service sts');
  }
  const signed = new Set(signedHeaders.split(';'));
  const required = sessionToken === undefined ? ALWAYS_SIGNED : [...ALWAYS_SIGNED, 'x-amz-security-token'];
  const missing = required.filter((name) => !signed.has(name));
  if (missing.length > 0) throw new Refused(`the signature does not cover ${missing.join(', ')}`);
  return { authorization, date, sessionToken: sessionToken ?? null, scope };
}
