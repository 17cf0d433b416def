import { Binary, type Document } from 'bson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/lib/sandbox/lab.ts';
import { diagnose, secretsOf, startHealthyLab, TOKEN } from '../../support/hostile-check.ts';
import {
  HELLO,
  refusal,
  type Script,
  serverFirst,
  startScriptedMongod,
} from '../../support/scripted-mongod.ts';

/** A MongoDB server that is broken or lies. */

/** Everything before the cluster goes on, whatever it does. */
const UP_TO_TOKEN = ['aws.identity', 'sts.mint', 'jwt.signature', 'atlas.oidc.database-user'];
const UP_TO_KEYS = ['aws.identity', 'atlas.aws.database-user', 'atlas.access-list'];

let lab: Lab;

beforeAll(async () => {
  lab = await startHealthyLab();
  await diagnose(lab.env);
});
afterAll(() => lab.close());

async function provoke(uri: string, args: readonly string[], slow: boolean) {
  const env = { ...lab.env, FEDCTL_URI: uri };
  const diagnosis = await diagnose(env, '--timeout', slow ? '1s' : '20s', ...args);
  expect(diagnosis.with('pass')).toEqual(
    expect.arrayContaining(args.includes('aws') ? UP_TO_KEYS : UP_TO_TOKEN),
  );
  expect(diagnosis.seconds).toBeLessThan(slow ? 6 : 12);
  return diagnosis;
}

function payloadText(command: Document): string {
  const { payload } = command;
  if (!(payload instanceof Binary)) throw new Error('no payload');
  return Buffer.from(payload.buffer).toString('latin1');
}

const SILENT_HELLO = 'HOST accepted the connection, but did not answer hello within 1 s.';

const DONE = { conversationId: 1, done: true, payload: new Binary(Buffer.alloc(0)), ok: 1 };
const ECHO = (command: Document) => refusal(4711, 'Weird', `bad payload ${payloadText(command)}`);
const AUTH_CLOSED = 'The server closed the connection in the middle of the login.';
const AUTH_STRANGE = "The server answered the login with something that is not MongoDB's protocol.";
const AUTH_LATE = 'The server did not answer the login within 1 s.';
const NONCE = 'The server answered the login with a nonce or a host that cannot be.';

function connectionStatus(user: string | null, roles: readonly object[] = [{ role: 'read', db: 'app' }]) {
  const authenticatedUsers = user === null ? [] : [{ user, db: '$external' }];
  return { authInfo: { authenticatedUsers, authenticatedUserRoles: roles }, ok: 1 };
}

describe('a MongoDB that is broken', () => {
  type Row = readonly [
    what: string,
    by: 'oidc' | 'aws',
    script: Script,
    check: string,
    code: string,
    says: string | RegExp,
  ];
  const rows: readonly Row[] = [
    [
      'hello gets no answer',
      'oidc',
      { hello: 'silence' },
      'mongo.hello',
      'mongo.hello-timeout',
      SILENT_HELLO,
    ],
    [
      'hello is not ok',
      'oidc',
      { hello: { ok: 0 } },
      'mongo.hello',
      'mongo.hello-failed',
      'HOST answered hello with an error: no reason given.',
    ],
    [
      'hello is unknown',
      'oidc',
      { hello: refusal(59, 'CommandNotFound', 'no such command') },
      'mongo.hello',
      'mongo.hello-failed',
      'HOST answered hello with an error: no such command (59 CommandNotFound).',
    ],
    [
      'hello has strange fields',
      'oidc',
      { hello: { ...HELLO, maxWireVersion: 'x', hosts: 5 } },
      'mongo.hello',
      'mongo.server-too-old',
      /maximum wire version "x"/,
    ],
    ...(['oidc', 'aws'] as const).flatMap((by): readonly Row[] => [
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
      /^The login failed: bad payload .*\[token\].* \(4711 Weird\)\.$/,
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
      'The AWS identity was refused: the server says only "No." (18).',
    ],
    [
      'connectionStatus gets no answer',
      'oidc',
      { connectionStatus: 'silence' },
      'mongo.oidc.user',
      'mongo.command-failed',
      'The login worked, but connectionStatus got no answer within 1 s.',
    ],
    [
      'connectionStatus is cut',
      'oidc',
      { connectionStatus: 'close' },
      'mongo.oidc.user',
      'mongo.command-failed',
      'The login worked, but connectionStatus failed: the connection was cut.',
    ],
    [
      'nobody is logged in',
      'oidc',
      { connectionStatus: connectionStatus(null) },
      'mongo.oidc.user',
      'mongo.auth-failed',
      'The server ended the login well, and names nobody as logged in.',
    ],
    [
      'the login never ends, and nobody is logged in',
      'oidc',
      { saslStart: { ...DONE, done: false }, connectionStatus: connectionStatus(null) },
      'mongo.oidc.user',
      'mongo.auth-failed',
      'The server ended the login well, and names nobody as logged in.',
    ],
    [
      'ping gets no answer',
      'oidc',
      { ping: 'silence' },
      'mongo.oidc.user',
      'mongo.command-failed',
      'The login worked, but ping got no answer within 1 s.',
    ],
    [
      'ping fails',
      'oidc',
      { ping: refusal(1, 'InternalError', 'oops') },
      'mongo.oidc.user',
      'mongo.command-failed',
      'The login worked, but ping failed: oops (1 InternalError).',
    ],
    [
      'the user has no roles',
      'oidc',
      { connectionStatus: connectionStatus('idp/x', []) },
      'mongo.oidc.privileges',
      'mongo.unauthorized',
      /has no roles: it is allowed nothing\.$/,
    ],
  ];
  test.concurrent.each(rows)('%s (%s)', async (_what, by, script, id, code, says) => {
    const server = await startScriptedMongod(script);
    try {
      const slow = Object.values(script).includes('silence');
      const host = `127.0.0.1:${server.port}`;
      const diagnosis = await provoke(`mongodb://${host}/`, ['--mechanism', by], slow);
      const { exit, first } = diagnosis;
      expect({ exit, id: first?.id, code: first?.code }).toEqual({ exit: 5, id, code });
      const sentence = first?.detail?.replace(host, 'HOST');
      if (typeof says === 'string') expect(sentence).toBe(says);
      else expect(sentence).toMatch(says);
      expect(first?.remedy).toMatch(/\S/);
      const sent = JSON.stringify(server.received);
      for (const secret of secretsOf(lab.env)) expect(sent).not.toContain(secret);
    } finally {
      await server.close();
    }
  });
});

describe('a MongoDB that lies', () => {
  test.concurrent.each([
    ['oidc', 'idp/arn:aws:iam::999999999999:role/other'],
    ['aws', 'arn:aws:iam::999999999999:role/other'],
  ])('about who we are (%s)', async (by, user) => {
    const server = await startScriptedMongod({ connectionStatus: connectionStatus(user) });
    try {
      const diagnosis = await provoke(`mongodb://127.0.0.1:${server.port}/`, ['--mechanism', by], false);
      expect([diagnosis.exit, diagnosis.with('fail')]).toEqual([0, []]);
      expect(diagnosis.check(`mongo.${by}.user`)).toMatchObject({
        status: 'warn',
        detail: `The server says that we are ${user}, and what was shown to it speaks for arn:aws:iam::123456789012:user/operator.`,
        comparisons: [{ seen: user, matches: false }],
      });
    } finally {
      await server.close();
    }
  });

  test.concurrent('by the token, where a name should be', async () => {
    let token = '';
    const server = await startScriptedMongod({
      saslStart: (command) => {
        token = /eyJ[\w.-]+/.exec(payloadText(command))?.[0] ?? '';
        return DONE;
      },
      connectionStatus: () => connectionStatus(token),
    });
    try {
      // Nothing of it may be printed; `diagnose` looks.
      const { check } = await provoke(`mongodb://127.0.0.1:${server.port}/`, [], false);
      expect(token).toMatch(TOKEN);
      expect(check('mongo.oidc.user')?.detail).toContain('The server says that we are [token]');
    } finally {
      await server.close();
    }
  });
});
