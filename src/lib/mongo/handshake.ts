import type { HandshakeStep } from '../ports/mongo.ts';
import type { Lookup } from './dial-guard.ts';

type Observe = (step: HandshakeStep) => void;
type Send = (namespace: unknown, command: Message, options: unknown) => Promise<Message>;
type Message = Readonly<Record<string, unknown>>;

/**
 * The key is the function `lookup` of a client, because this function is the only object that the driver
 * passes to every connection.
 */
const observers = new WeakMap<Lookup, Observe>();
let isInstalled = false;

/**
 * Reports each message that a client sends or receives during a MONGODB-AWS login. `lookup` identifies the client. The
 * driver (7.9.0) removes the content of these messages from its own events. The reports contain no signature,
 * session token or nonce.
 */
export async function watchHandshake(lookup: Lookup, observe: Observe): Promise<void> {
  observers.set(lookup, observe);
  if (isInstalled) return;
  const { MongoDBAWS } = await import('mongodb/lib/cmap/auth/mongodb_aws.js');
  const { BSON } = await import('mongodb');
  if (isInstalled) return;
  isInstalled = true;
  const { auth } = MongoDBAWS.prototype;
  MongoDBAWS.prototype.auth = async function (context) {
    const { connection, options } = context;
    const found = options.lookup === undefined ? undefined : observers.get(options.lookup);
    if (found === undefined) return auth.call(this, context);
    const send: Send = connection.command.bind(connection);
    context.connection = { command: watched(send, (payload) => BSON.deserialize(bytesOf(payload)), found) };
    try {
      await auth.call(this, context);
    } finally {
      context.connection = connection;
    }
  };
}

/** Returns a `send` function that also reports each message and each response. */
function watched(send: Send, decode: (payload: unknown) => Message, observe: Observe): Send {
  return async (namespace, command, options) => {
    if ('saslContinue' in command) {
      const signed = signedRequest(decode(command['payload']));
      if (signed !== null) observe(signed);
    }
    let reply: Message;
    try {
      reply = await send(namespace, command, options);
    } catch (error) {
      if ('saslContinue' in command) observe({ step: 'replay', accepted: false });
      throw error;
    }
    if ('saslStart' in command) {
      const sent = decode(command['payload']);
      const { s: nonce, h: stsHost } = decode(reply['payload']);
      observe({
        step: 'nonce',
        clientBytes: bytesOf(sent['r']).length,
        serverBytes: bytesOf(nonce).length,
        stsHost: String(stsHost),
      });
    } else if ('saslContinue' in command) {
      observe({ step: 'replay', accepted: true });
    }
    return reply;
  };
}

/** Matches the credential scope and the signed headers of a SigV4 Authorization header. */
const AUTHORIZATION = /Credential=([^/,]+)\/\d+\/([^/,]+)\/sts\/aws4_request,\s*SignedHeaders=([\w;-]+)/;

function signedRequest({ a: authorization, d: date, t: sessionToken }: Message): HandshakeStep | null {
  const [, accessKeyId, region, headers] = AUTHORIZATION.exec(String(authorization)) ?? [];
  if (accessKeyId === undefined || region === undefined || headers === undefined) return null;
  return {
    step: 'signed-request',
    accessKeyId,
    region,
    date: String(date),
    signedHeaders: headers.split(';'),
    sessionToken: sessionToken !== undefined,
  };
}

/** Returns the bytes of a BSON binary value or of a Uint8Array. */
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  const { buffer } = (value ?? {}) as { readonly buffer?: unknown };
  return buffer instanceof Uint8Array ? buffer : new Uint8Array();
}
