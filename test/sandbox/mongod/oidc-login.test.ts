import { Binary, Long } from 'bson';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { forgeKey, sign } from '../../support/forge.ts';
import { DISCOVERY, JWKS, json } from '../../support/issuer-server.ts';
import {
  AUDIENCE,
  databaseUser,
  IDP_ID,
  type MongodFixture,
  payload,
  SUBJECT,
  saslStart,
  startMongodFixture,
  USERNAME,
} from '../../support/mongod-fixture.ts';
import { WireClient } from '../../support/wire-client.ts';

const REFUSED = { ok: 0, errmsg: 'Authentication failed.', code: 18, codeName: 'AuthenticationFailed' };

let lab: MongodFixture;
let client: WireClient;

beforeEach(async () => {
  lab = await startMongodFixture();
  client = await WireClient.connect(lab.mongod.port);
});
afterEach(async () => {
  client.close();
  await lab.close();
});

/** Sends the token and expects the refusal on the wire; answers the one reason in the log. */
async function reasonFor(token: string): Promise<string | undefined> {
  expect(await client.command(saslStart(token), '$external')).toEqual(REFUSED);
  const entries = lab.log.entries();
  expect(JSON.stringify(entries)).not.toContain(token.split('.')[2]);
  expect(entries).toHaveLength(1);
  expect(entries[0]).toMatchObject({
    hop: 'mongod',
    action: 'saslStart MONGODB-OIDC',
    decision: 'refused',
  });
  return entries[0]?.reason;
}

const JTI = 'token jti "jti-1", kid "key-1"';

test('one step lets in', async () => {
  expect(await client.command(saslStart(await lab.token()), '$external')).toEqual({
    conversationId: 1,
    done: true,
    payload: new Binary(Buffer.alloc(0)),
    ok: 1,
  });
  expect(lab.log.entries()).toEqual([
    {
      at: expect.any(Date),
      hop: 'mongod',
      action: 'saslStart MONGODB-OIDC',
      principal: USERNAME,
      decision: 'allowed',
      reason: `${JTI}; roles atlasAdmin@admin`,
    },
  ]);
});

test.each([
  { name: 'without typ', changes: {}, header: { typ: undefined } },
  { name: 'with the audience in a list', changes: { aud: ['x', AUDIENCE] }, header: {} },
  { name: 'valid in 59 seconds', changes: { nbf: 59 }, header: {} },
])('a token $name is good', async ({ changes, header }) => {
  const { nbf, ...rest } = { nbf: undefined, ...changes };
  const at = nbf === undefined ? {} : { nbf: Math.floor(lab.now().getTime() / 1000) + nbf };
  const reply = await client.command(saslStart(await lab.token({ ...rest, ...at }, header)), '$external');
  expect(reply).toMatchObject({ done: true, ok: 1 });
});

describe('one claim changed', () => {
  test.each([
    {
      name: 'no kid',
      header: { kid: undefined },
      reason: 'token jti "jti-1", kid missing: the header has no kid',
    },
    {
      name: 'a kid that nobody published',
      header: { kid: 'key-2' },
      reason: /^token jti "jti-1", kid "key-2": unknown key ID: http:\S+ publishes no RSA key with this ID$/,
    },
    { name: 'typ at+jwt', header: { typ: 'at+jwt' }, reason: `${JTI}: the type "at+jwt" is not "JWT"` },
    { name: 'typ jwt', header: { typ: 'jwt' }, reason: `${JTI}: the type "jwt" is not "JWT"` },
    {
      name: 'no issuer',
      changes: { iss: undefined },
      reason: `${JTI}: the token has no claim "iss"`,
    },
    {
      name: 'another issuer',
      changes: { iss: 'https://evil.example' },
      reason:
        /^token jti "jti-1", kid "key-1": no identity provider trusts the issuer "https:\/\/evil.example"; /,
    },
    {
      name: 'another audience',
      changes: { aud: 'other' },
      reason: `${JTI}: the audience "other" does not match the audience "${AUDIENCE}" of identity provider ${IDP_ID}`,
    },
    { name: 'no audience', changes: { aud: undefined }, reason: `${JTI}: the token has no claim "aud"` },
    {
      name: 'no subject',
      changes: { sub: undefined },
      reason: `${JTI}: the claim "sub" is missing or not a string`,
    },
    {
      name: 'another subject',
      changes: { sub: 'arn:aws:iam::123456789012:role/other' },
      reason: `${JTI}: no database user "${IDP_ID}/arn:aws:iam::123456789012:role/other" in $external`,
    },
    {
      name: 'no expiry',
      changes: { exp: undefined },
      reason: `${JTI}: the claim "exp" is missing or not a number`,
    },
    { name: 'expired now', changes: { exp: 1 }, reason: /^token .*: the token expired \d+ s ago$/ },
    {
      name: 'not valid for a while',
      changes: { nbf: 4102444800 },
      reason: /^token .*: the token is not valid yet: nbf is \d+ s in the future$/,
    },
    {
      name: 'nbf as a text',
      changes: { nbf: 'soon' },
      reason: `${JTI}: the claim "nbf" is not a number`,
    },
  ])('$name', async ({ changes = {}, header = {}, reason }) => {
    const token = await lab.token(changes, header);
    expect(await reasonFor(token)).toMatch(reason);
  });

  test('the expiry has no leeway, by the clock of the lab', async () => {
    const token = await lab.token();
    lab.advance(300);
    expect(await reasonFor(token)).toMatch(/the token expired 0 s ago$/);
  });
});

describe('one byte changed', () => {
  test.each([0, 1, 2])('in part %i of the token', async (part) => {
    const parts = (await lab.token()).split('.');
    const bytes = Buffer.from(parts[part] ?? '', 'base64url');
    // Of the header and the payload a letter in a value nobody compares: the signature alone finds it.
    const at = part === 2 ? 10 : bytes.indexOf(part === 0 ? 'JWT' : 'jti-1') + 2;
    bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
    parts[part] = bytes.toString('base64url');
    const reason = await reasonFor(parts.join('.'));
    if (part === 0) expect(reason).toBe(`${JTI}: the type "JWU" is not "JWT"`);
    else
      expect(reason).toMatch(
        /: the signature does not match the key of the issuer: signature verification failed$/,
      );
  });

  test('of the subject in the database user', async () => {
    lab.databaseUsers = [databaseUser(USERNAME.replace('app', 'apq'))];
    expect(await reasonFor(await lab.token())).toBe(`${JTI}: no database user "${USERNAME}" in $external`);
  });
});

describe('what is no good token', () => {
  test.each([
    { name: 'nothing', token: '', reason: 'The text is not a JWT: it is empty.' },
    {
      name: 'a newline at its end',
      token: 'newline',
      reason: 'The text is not a JWT: it ends with a newline.',
    },
    {
      name: 'a text',
      token: 'hello',
      reason: 'The text is not a JWT: it is an opaque token, without a dot.',
    },
  ])('$name', async ({ token, reason }) => {
    const sent = token === 'newline' ? `${await lab.token()}\n` : token;
    expect(await client.command(saslStart(sent), '$external')).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([reason]);
  });

  test('alg none', async () => {
    const [, body] = (await lab.token()).split('.');
    const header = Buffer.from('{"alg":"none","kid":"key-1"}').toString('base64url');
    expect(await client.command(saslStart(`${header}.${body}.`), '$external')).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([`${JTI}: the algorithm "none" is not RS256`]);
  });

  test('signed by another key under the same kid', async () => {
    const thief = await forgeKey('RS256', 'key-1');
    expect(await reasonFor(await sign(thief, lab.claims()))).toMatch(/the signature does not match/);
  });

  test.each(['RS384', 'PS256', 'ES384'])('signed with %s', async (alg) => {
    const key = await forgeKey(alg, 'key-1');
    lab.issuer.publish(key.jwk);
    expect(await reasonFor(await sign(key, lab.claims()))).toBe(
      `${JTI}: the algorithm "${alg}" is not RS256`,
    );
  });

  test('signed with the public key as the secret of an HMAC', async () => {
    const secret = Buffer.from(lab.key.jwk.n ?? '', 'base64url');
    const token = await new SignJWT(lab.claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
      .sign(secret);
    expect(await reasonFor(token)).toBe(`${JTI}: the algorithm "HS256" is not RS256`);
  });

  test('a header that was signed with more in it', async () => {
    const [, ...rest] = (await lab.token()).split('.');
    const header = Buffer.from('{"alg":"RS256","kid":"key-1"}').toString('base64url');
    expect(await reasonFor([header, ...rest].join('.'))).toMatch(/the signature does not match/);
  });

  test('control characters of a token stand in the log as they came', async () => {
    const token = await lab.token({ jti: '\u001b[2J', sub: `${SUBJECT}\u202e` });
    expect(await reasonFor(token)).toBe(
      `token jti "\u001b[2J", kid "key-1": no database user "${IDP_ID}/${SUBJECT}\u202e" in $external`,
    );
  });
});

describe('the issuer', () => {
  test('is asked once for many logins, and not at all about foreign tokens', async () => {
    await client.command(saslStart(await lab.token({ iss: 'https://evil.example' })), '$external');
    expect(lab.issuer.requests).toEqual([]);
    for (let i = 0; i < 3; i += 1) await client.command(saslStart(await lab.token()), '$external');
    expect(lab.issuer.requests).toEqual([DISCOVERY, JWKS]);
  });

  test('is asked again about an unknown key, but not within a minute', async () => {
    await client.command(saslStart(await lab.token()), '$external');
    const rotated = await forgeKey('RS256', 'key-2');
    lab.issuer.publish(rotated.jwk);
    const login = async () => await client.command(saslStart(await sign(rotated, lab.claims())), '$external');
    lab.advance(58);
    expect(await login()).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([
      `token jti "jti-1", kid "key-2": unknown key ID: the keys of ${lab.issuer.issuer} were fetched less than 60 s ago, so the server does not fetch them again`,
    ]);
    expect(lab.issuer.requests).toHaveLength(2);
    lab.advance(2);
    expect(await login()).toMatchObject({ ok: 1 });
    expect(lab.issuer.requests).toHaveLength(4);
  });

  test('may publish keys of other types beside', async () => {
    const other = await forgeKey('ES384', 'key-0');
    lab.issuer.publish(other.jwk, { kty: 'oct', kid: 'key-1', k: 'c2VjcmV0' }, lab.key.jwk);
    expect(await client.command(saslStart(await lab.token()), '$external')).toMatchObject({ ok: 1 });
  });

  test('may not publish a small key', async () => {
    lab.issuer.publish({ ...lab.key.jwk, n: Buffer.alloc(128, 0xa5).toString('base64url') });
    expect(await reasonFor(await lab.token())).toBe(
      `${JTI}: unknown key ID: ${lab.issuer.issuer} publishes no RSA key with this ID`,
    );
  });

  test.each([
    {
      name: 'names another issuer',
      discovery: { issuer: 'https://evil.example' },
      status: 200,
      reason: 'the discovery document names a different issuer',
    },
    {
      name: 'names no keys',
      discovery: { jwks_uri: 7 },
      status: 200,
      reason: 'the discovery document has no jwks_uri',
    },
    {
      name: 'answers 404',
      discovery: {},
      status: 404,
      reason: '/.well-known/openid-configuration responded with 404',
    },
    {
      name: 'redirects',
      discovery: {},
      status: 302,
      reason: '/.well-known/openid-configuration responded with 302',
    },
  ])('$name', async ({ discovery, status, reason }) => {
    const { issuer, answers } = lab.issuer;
    answers.set(DISCOVERY, json({ issuer, jwks_uri: `${issuer}${JWKS}`, ...discovery }, status));
    expect(await reasonFor(await lab.token())).toBe(
      `${JTI}: the keys of ${lab.issuer.issuer} cannot be fetched: ${reason}`,
    );
  });
});

describe('the conversation', () => {
  test.each([
    {
      name: 'a client that asks for the issuer',
      body: { ...saslStart(''), payload: payload({}) },
      database: '$external',
      reason: 'no identity provider supports the human flow',
    },
    {
      name: 'a client that names a principal',
      body: { ...saslStart(''), payload: payload({ n: 'alice' }) },
      database: '$external',
      reason: 'no identity provider supports the human flow',
    },
    {
      name: 'a token that is no text',
      body: { ...saslStart(''), payload: payload({ jwt: 7 }) },
      database: '$external',
      reason: 'the field "jwt" is not a string',
    },
    {
      name: 'a payload that is no document',
      body: { ...saslStart(''), payload: new Binary(Buffer.from('hello')) },
      database: '$external',
      reason: 'the payload is not a BSON document',
    },
    {
      name: 'a payload that is no binary',
      body: { ...saslStart(''), payload: 'hello' },
      database: '$external',
      reason: 'the payload is not binary',
    },
    {
      name: 'another database',
      body: saslStart(''),
      database: 'admin',
      reason: 'the authentication database is "admin" instead of "$external"',
    },
  ])('refuses $name', async ({ body, database, reason }) => {
    expect(await client.command(body, database)).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([reason]);
  });

  test('knows no other mechanism', async () => {
    const reply = await client.command({ ...saslStart(''), mechanism: 'GSSAPI' }, 'admin');
    expect(reply).toEqual({
      ok: 0,
      errmsg: 'Received authentication for mechanism GSSAPI which is unknown or not enabled',
      code: 334,
      codeName: 'MechanismUnavailable',
    });
  });

  test('cannot be continued when none runs', async () => {
    const reply = await client.command(
      { saslContinue: 1, conversationId: 1, payload: payload({}) },
      '$external',
    );
    expect(reply).toEqual({
      ok: 0,
      errmsg: 'No SASL session state found',
      code: 17,
      codeName: 'ProtocolError',
    });
  });
});

describe('speculation in hello', () => {
  const hello = (token: string) => ({
    hello: 1,
    speculativeAuthenticate: { ...saslStart(token), db: '$external' },
  });

  test('lets in', async () => {
    const reply = await client.command(hello(await lab.token()));
    expect(reply['speculativeAuthenticate']).toEqual({
      conversationId: 1,
      done: true,
      payload: new Binary(Buffer.alloc(0)),
    });
    expect(await client.command({ find: 'x' }, 'app')).toMatchObject({ ok: 1 });
  });

  test('is left out when it fails, and hello succeeds', async () => {
    const reply = await client.command(hello(await lab.token({ aud: 'other' })));
    expect(reply).toMatchObject({ isWritablePrimary: true, ok: 1 });
    expect(reply).not.toHaveProperty('speculativeAuthenticate');
    expect(lab.log.entries()).toMatchObject([{ action: 'hello MONGODB-OIDC', decision: 'refused' }]);
    expect(await client.command({ find: 'x' }, 'app')).toMatchObject({ code: 13 });
  });
});

describe('when the token of a session expires', () => {
  const EXPIRED = {
    ok: 0,
    errmsg:
      'Command find requires reauthentication since the current authorization session has expired. Please re-auth.',
    code: 391,
    codeName: 'ReauthenticationRequired',
  };

  test('commands want another login, and the same connection gives it', async () => {
    await client.command(saslStart(await lab.token()), '$external');
    expect(await client.command({ find: 'x' }, 'app')).toMatchObject({ ok: 1 });
    lab.advance(300);
    expect(await client.command({ find: 'x' }, 'app')).toEqual(EXPIRED);
    expect(await client.command({ getMore: Long.fromNumber(1), collection: 'x' }, 'app')).toMatchObject({
      code: 391,
    });
    expect(await client.command({ ping: 1 })).toEqual({ ok: 1 });
    expect(await client.command({ connectionStatus: 1 })).toMatchObject({
      authInfo: { authenticatedUsers: [] },
    });
    expect(await client.command(saslStart(await lab.token({ exp: 1 })), '$external')).toEqual(REFUSED);
    expect(await client.command({ find: 'x' }, 'app')).toEqual(EXPIRED);
    expect(await client.command(saslStart(await lab.token()), '$external')).toMatchObject({ ok: 1 });
    expect(await client.command({ find: 'x' }, 'app')).toMatchObject({ ok: 1 });
  });

  test('the real driver goes on with a fresh token', async () => {
    const driver = lab.driver({ maxPoolSize: 1 });
    const visits = driver.db('app').collection('visits');
    await visits.insertOne({ n: 1 });
    lab.advance(301);
    await visits.insertOne({ n: 2 });
    expect(await visits.countDocuments()).toBe(2);
    expect(lab.refusals()).toEqual([
      'Command insert requires reauthentication since the current authorization session has expired. Please re-auth.',
    ]);
  });

  test('the real driver says so when the fresh token is refused', async () => {
    const driver = lab.driver({ maxPoolSize: 1 });
    await driver.db('app').collection('visits').insertOne({ n: 1 });
    lab.advance(301);
    lab.databaseUsers = [];
    await expect(driver.db('app').collection('visits').findOne()).rejects.toMatchObject({
      code: 18,
      codeName: 'AuthenticationFailed',
      errmsg: 'Authentication failed.',
    });
  });
});
