import { Binary } from 'bson';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LoginAttempt } from '../../../src/sandbox/mongod/login-attempt.ts';
import {
  databaseUser,
  IDP_ID,
  type MongodFixture,
  SUBJECT,
  saslStart,
  startMongodFixture,
  USERNAME,
} from '../../support/mongod-fixture.ts';
import { WireClient } from '../../support/wire-client.ts';

let attempts: LoginAttempt[];
let lab: MongodFixture;
let client: WireClient;

beforeEach(async () => {
  attempts = [];
  lab = await startMongodFixture({ onLogin: (attempt) => attempts.push(attempt) });
  client = await WireClient.connect(lab.mongod.port);
});
afterEach(async () => {
  client.close();
  await lab.close();
});

test('a login that is accepted is told with the database user', async () => {
  await client.command(saslStart(await lab.token()), '$external');
  expect(attempts).toEqual([
    {
      mechanism: 'MONGODB-OIDC',
      username: USERNAME,
      ipAddress: '127.0.0.1',
      accepted: true,
      failureReason: null,
    },
  ]);
});

test.each(['SCRAM-SHA-1', 'SCRAM-SHA-256'])(
  'a password by %s is refused as a login, once, whatever was tried inside hello',
  async (mechanism) => {
    const payload = new Binary(Buffer.from('n,,n=app=2Ceu,r=nonce'));
    const start = { saslStart: 1, mechanism, payload };
    const hello = await client.command({ hello: 1, speculativeAuthenticate: { ...start, db: 'admin' } });
    expect(hello).not.toHaveProperty('speculativeAuthenticate');
    expect(await client.command(start, 'admin')).toEqual({
      ok: 0,
      errmsg: 'Authentication failed.',
      code: 18,
      codeName: 'AuthenticationFailed',
    });
    expect(attempts).toEqual([
      {
        mechanism,
        username: 'app,eu',
        ipAddress: '127.0.0.1',
        accepted: false,
        failureReason: 'UserNotFound: Could not find user "app,eu" for db "admin"',
      },
    ]);
  },
);

test('a client certificate that was not shown is refused as a login', async () => {
  expect(await client.command({ authenticate: 1, mechanism: 'MONGODB-X509' }, '$external')).toEqual({
    ok: 0,
    errmsg: 'Authentication failed.',
    code: 18,
    codeName: 'AuthenticationFailed',
  });
  expect(attempts.map(({ mechanism, accepted }) => [mechanism, accepted])).toEqual([['MONGODB-X509', false]]);
});

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

test.each([
  ['an expired token', { exp: inSeconds(-1) }, {}, 'BadValue: Token is expired'],
  ['one of the future', { nbf: inSeconds(90) }, {}, 'BadValue: Token not yet valid'],
  ['another issuer', { iss: 'https://x' }, {}, 'BadValue: Invalid JWT: unsupported issuer or audience'],
  ['another audience', { aud: 'x' }, {}, 'BadValue: Invalid JWT: unsupported issuer or audience'],
  ['no subject', { sub: undefined }, {}, "BadValue: Invalid JWT: 'sub' claim is missing"],
  ['a subject that is no text', { sub: 1 }, {}, "BadValue: Invalid JWT: 'sub' claim format is not string"],
  ['another key', {}, { kid: 'RSA_9' }, "BadValue: Unknown JWT keyId << 'RSA_9'"],
  ['another type', {}, { typ: 'at+jwt' }, 'Location7095401: Unknown type of token'],
  [
    'an unknown subject',
    { sub: 'arn:aws:iam::123456789012:role/other' },
    {},
    `UserNotFound: Could not find user "${IDP_ID}/arn:aws:iam::123456789012:role/other" for db "$external"`,
  ],
])(
  '%s is refused in the words of a server log',
  async (_, claims: Record<string, unknown>, header, words) => {
    const token = await lab.token(claims, header);
    expect(await client.command(saslStart(token), '$external')).toMatchObject({ ok: 0, code: 18 });
    expect(attempts).toEqual([
      {
        mechanism: 'MONGODB-OIDC',
        username: 'sub' in claims ? (typeof claims['sub'] === 'string' ? claims['sub'] : null) : SUBJECT,
        ipAddress: '127.0.0.1',
        accepted: false,
        failureReason: words,
      },
    ]);
  },
);

test('a user of another kind is none', async () => {
  lab.databaseUsers = [databaseUser(USERNAME, { oidcAuthType: 'IDP_GROUP' })];
  await client.command(saslStart(await lab.token()), '$external');
  expect(attempts[0]?.failureReason).toBe(
    `UserNotFound: Could not find user "${USERNAME}" for db "$external"`,
  );
});

test('an issuer that is not there is told apart from one without the key', async () => {
  await lab.issuer[Symbol.asyncDispose]();
  await client.command(saslStart(await lab.token()), '$external');
  expect(attempts[0]?.failureReason).toMatch(/^AuthenticationFailed: the keys of http.* cannot be fetched: /);
});
