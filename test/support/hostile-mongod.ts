import { Binary, type Document } from 'bson';
import { HELLO, refusal, type Script, serverFirst } from './scripted-mongod.ts';

/** Broken MongoDB servers, and the result that `fedctl check` must report for each. */

/** The payload of a login, as Latin-1. */
export function payloadText(command: Document): string {
  const { payload } = command;
  if (!(payload instanceof Binary)) throw new Error('no payload');
  return Buffer.from(payload.buffer).toString('latin1');
}

const SILENT_HELLO = 'HOST accepted the connection, but did not respond to hello within 3 s.';

export const DONE = { conversationId: 1, done: true, payload: new Binary(Buffer.alloc(0)), ok: 1 };
const ECHO = (command: Document) => refusal(4711, 'Weird', `bad payload ${payloadText(command)}`);
const AUTH_CLOSED = 'The server closed the connection during the login.';
const AUTH_STRANGE =
  'The server responded to the login with data that does not follow the MongoDB wire protocol.';
const AUTH_LATE = 'The server did not respond to the login within 3 s.';
const NONCE = 'The server responded to the login with an invalid nonce or host.';

/** The authenticated user in connectionStatus; null for none. */
export function connectionStatus(
  user: string | null,
  roles: readonly object[] = [{ role: 'read', db: 'app' }],
) {
  const authenticatedUsers = user === null ? [] : [{ user, db: '$external' }];
  return { authInfo: { authenticatedUsers, authenticatedUserRoles: roles }, ok: 1 };
}

/** The fault, the mechanism and the server's behavior; then the failing check, its code and its sentence. */
export type BrokenRow = readonly [
  what: string,
  by: 'oidc' | 'aws',
  script: Script,
  check: string,
  code: string,
  says: string | RegExp,
];
export const BROKEN: readonly BrokenRow[] = [
  ['hello gets no answer', 'oidc', { hello: 'silence' }, 'mongo.hello', 'mongo.hello-timeout', SILENT_HELLO],
  [
    'hello is not ok',
    'oidc',
    { hello: { ok: 0 } },
    'mongo.hello',
    'mongo.hello-failed',
    'HOST responded to hello with an error: no reason given.',
  ],
  [
    'hello is unknown',
    'oidc',
    { hello: refusal(59, 'CommandNotFound', 'no such command') },
    'mongo.hello',
    'mongo.hello-failed',
    'HOST responded to hello with an error: no such command (59 CommandNotFound).',
  ],
  [
    'hello has strange fields',
    'oidc',
    { hello: { ...HELLO, maxWireVersion: 'x', hosts: 5 } },
    'mongo.hello',
    'mongo.server-too-old',
    /maximum wire version "x"/,
  ],
  ...(['oidc', 'aws'] as const).flatMap((by): readonly BrokenRow[] => [
    [
      'the login gets no answer',
      by,
      { saslStart: 'silence' },
      `mongo.${by}.login`,
      'mongo.auth-timeout',
      AUTH_LATE,
    ],
    [
      'the login is cut',
      by,
      { saslStart: 'close' },
      `mongo.${by}.login`,
      'mongo.auth-interrupted',
      AUTH_CLOSED,
    ],
    [
      'the login is reset',
      by,
      { saslStart: 'reset' },
      `mongo.${by}.login`,
      'mongo.auth-interrupted',
      AUTH_CLOSED,
    ],
    [
      'the login gets HTTP',
      by,
      { saslStart: 'http' },
      `mongo.${by}.login`,
      'mongo.auth-interrupted',
      AUTH_STRANGE,
    ],
    [
      'the login has a code of its own',
      by,
      { saslStart: refusal(4711, 'Weird', 'no way') },
      `mongo.${by}.login`,
      'mongo.auth-failed',
      'The login failed: no way (4711 Weird).',
    ],
    [
      'the login has no code',
      by,
      { saslStart: { ok: 0 } },
      `mongo.${by}.login`,
      'mongo.auth-failed',
      'The login failed: no reason given.',
    ],
  ]),
  [
    'the login repeats the token',
    'oidc',
    { saslStart: ECHO },
    'mongo.oidc.login',
    'mongo.auth-failed',
    /^The login failed: bad payload .*\[secret\].* \(4711 Weird\)\.$/,
  ],
  [
    'the nonce is not ours',
    'aws',
    {
      saslStart: (command) => ({
        ...DONE,
        done: false,
        payload: serverFirst(command, () => Buffer.alloc(64, 7)),
      }),
    },
    'mongo.aws.login',
    'mongo.server-nonce-invalid',
    NONCE,
  ],
  [
    'the first answer of two is empty',
    'aws',
    { saslStart: { ok: 1 } },
    'mongo.aws.login',
    'mongo.server-nonce-invalid',
    NONCE,
  ],
  [
    'the second answer does not come',
    'aws',
    { saslContinue: 'silence' },
    'mongo.aws.login',
    'mongo.auth-timeout',
    AUTH_LATE,
  ],
  [
    'the second answer refuses',
    'aws',
    { saslContinue: refusal(18, 'AuthenticationFailed', 'No.') },
    'mongo.aws.login',
    'mongo.aws-refused',
    'The server rejected the AWS credentials and gave only the reason "No." (18).',
  ],
  [
    'connectionStatus gets no answer',
    'oidc',
    { connectionStatus: 'silence' },
    'mongo.oidc.user',
    'mongo.command-failed',
    'The login succeeded, but connectionStatus timed out after 3 s.',
  ],
  [
    'connectionStatus is cut',
    'oidc',
    { connectionStatus: 'close' },
    'mongo.oidc.user',
    'mongo.command-failed',
    'The login succeeded, but connectionStatus failed: the connection was closed.',
  ],
  [
    'nobody is logged in',
    'oidc',
    { connectionStatus: connectionStatus(null) },
    'mongo.oidc.user',
    'mongo.user-unnamed',
    'The server accepted the login, but reports no authenticated user.',
  ],
  [
    'the login never ends, and nobody is logged in',
    'oidc',
    { saslStart: { ...DONE, done: false }, connectionStatus: connectionStatus(null) },
    'mongo.oidc.user',
    'mongo.user-unnamed',
    'The server accepted the login, but reports no authenticated user.',
  ],
  [
    'ping gets no answer',
    'oidc',
    { ping: 'silence' },
    'mongo.oidc.user',
    'mongo.command-failed',
    'The login succeeded, but ping timed out after 3 s.',
  ],
  [
    'ping fails',
    'oidc',
    { ping: refusal(1, 'InternalError', 'oops') },
    'mongo.oidc.user',
    'mongo.command-failed',
    'The login succeeded, but ping failed: oops (1 InternalError).',
  ],
  [
    'the user has no roles',
    'oidc',
    { connectionStatus: connectionStatus('idp/x', []) },
    'mongo.oidc.privileges',
    'mongo.unauthorized',
    /has no roles and therefore no privileges\.$/,
  ],
];
