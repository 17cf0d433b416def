import { Binary, BSON, type Document } from 'bson';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  ALICE,
  databaseUser,
  type MongodFixture,
  payload,
  SESSION,
  SUBJECT,
  startMongodFixture,
  USER_ARN,
} from '../../support/mongod-fixture.ts';
import { type StsIdentity, signCallerIdentity } from '../../support/sts-double.ts';
import { WireClient } from '../../support/wire-client.ts';

const REFUSED = { ok: 0, errmsg: 'Authentication failed.', code: 18, codeName: 'AuthenticationFailed' };
const CLIENT_NONCE = Buffer.alloc(32, 7);

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

async function start(first: Document = { r: new Binary(CLIENT_NONCE), p: 110 }): Promise<Document> {
  return await client.command(
    { saslStart: 1, mechanism: 'MONGODB-AWS', payload: payload(first) },
    '$external',
  );
}

async function proceed(second: Document, conversationId = 1): Promise<Document> {
  return await client.command({ saslContinue: 1, conversationId, payload: payload(second) }, '$external');
}

interface Signed {
  readonly a: string;
  readonly d: string;
  readonly t?: string;
}

/** The second message of a good client; `headers` replaces what is signed. */
async function signed(
  identity: StsIdentity,
  headers: (nonce: string) => Record<string, string | undefined> = () => ({}),
): Promise<Signed> {
  const reply = await start();
  const { s, h } = BSON.deserialize(reply['payload'].buffer);
  const nonce = Buffer.from(s.buffer).toString('base64');
  const { authorization, date } = await signCallerIdentity(identity, h, {
    'x-mongodb-gs2-cb-flag': 'n',
    'x-mongodb-server-nonce': nonce,
    ...headers(nonce),
  });
  return {
    a: authorization,
    d: date,
    ...(identity.sessionToken !== undefined && { t: identity.sessionToken }),
  };
}

test("the server adds its nonce to the client's and names the host to sign for", async () => {
  const replies = [await start(), await start()];
  const sent = replies.map((reply) => BSON.deserialize(reply['payload'].buffer));
  expect(replies[0]).toMatchObject({ conversationId: 1, done: false, ok: 1 });
  for (const { s, h } of sent) {
    expect(h).toBe('sts.amazonaws.com');
    expect(s.length()).toBe(64);
    expect(Buffer.from(s.buffer).subarray(0, 32)).toEqual(CLIENT_NONCE);
  }
  expect(sent[0]?.['s'].toString('hex')).not.toBe(sent[1]?.['s'].toString('hex'));
});

test.each([
  { identity: ALICE, user: USER_ARN },
  { identity: SESSION, user: SUBJECT },
])('$user is let in, and STS sees exactly what was signed', async ({ identity, user }) => {
  const second = await signed(identity);
  expect(await proceed(second)).toEqual({
    conversationId: 1,
    done: true,
    payload: new Binary(Buffer.alloc(0)),
    ok: 1,
  });
  expect(lab.sts.requests).toEqual([
    {
      method: 'POST',
      path: '/',
      headers: {
        authorization: second.a,
        connection: 'close',
        'content-length': '43',
        'content-type': 'application/x-www-form-urlencoded',
        host: 'sts.amazonaws.com',
        'x-amz-date': second.d,
        ...(second.t !== undefined && { 'x-amz-security-token': second.t }),
        'x-mongodb-gs2-cb-flag': 'n',
        'x-mongodb-server-nonce': expect.stringMatching(/^[\w+/]{86}==$/),
      },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    },
  ]);
  expect(lab.log.entries()).toMatchObject([
    {
      hop: 'mongod',
      action: 'saslStart MONGODB-AWS',
      principal: null,
      decision: 'info',
      reason:
        'received a client nonce of 32 bytes and returned a nonce of 64 bytes; the client must add the returned nonce to a GetCallerIdentity request for sts.amazonaws.com and sign this request',
    },
    {
      hop: 'mongod',
      action: 'saslContinue MONGODB-AWS',
      principal: null,
      decision: 'info',
      reason: `received a GetCallerIdentity request for Region us-east-1, signed with the access key ${identity.accessKeyId}; forwarding the unchanged request to STS`,
    },
    { action: 'saslContinue MONGODB-AWS', decision: 'info', reason: `STS returned ${identity.arn}` },
    {
      hop: 'mongod',
      action: 'saslContinue MONGODB-AWS',
      principal: user,
      decision: 'allowed',
      reason: `the ARN matches the database user ${user}; roles atlasAdmin@admin`,
    },
  ]);
});

describe('one byte changed', () => {
  test.each([
    {
      name: 'in the signature',
      change: (second: Signed) => ({ ...second, a: flipLast(second.a) }),
      reason: 'Unexpected GetCallerIdentity HTTP status code: 403 (SignatureDoesNotMatch)',
    },
    {
      name: 'in the date',
      change: (second: Signed) => ({
        ...second,
        d: second.d.replace(/\dZ$/, (end) => (end === '0Z' ? '1Z' : '0Z')),
      }),
      reason: 'Unexpected GetCallerIdentity HTTP status code: 403 (SignatureDoesNotMatch)',
    },
    {
      name: 'in the access key ID',
      change: (second: Signed) => ({ ...second, a: second.a.replace('ASIASESSION', 'ASIASESSIOM') }),
      reason: 'Unexpected GetCallerIdentity HTTP status code: 403 (InvalidClientTokenId)',
    },
    {
      name: 'in the session token',
      change: (second: Signed) => ({ ...second, t: 'session-tokem' }),
      reason: 'Unexpected GetCallerIdentity HTTP status code: 403 (InvalidClientTokenId)',
    },
    {
      name: 'in the service',
      change: (second: Signed) => ({ ...second, a: second.a.replace('/sts/', '/sqs/') }),
      reason: 'the signature is not for the service sts',
    },
    {
      name: 'in the algorithm',
      change: (second: Signed) => ({ ...second, a: second.a.replace('AWS4', 'AWS3') }),
      reason: 'the field "a" is not a Signature Version 4 header',
    },
  ])('$name', async ({ change, reason }) => {
    expect(await proceed(change(await signed(SESSION)))).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([reason]);
  });

  test('in the nonce that was signed', async () => {
    const second = await signed(ALICE, (nonce) => ({
      'x-mongodb-server-nonce': `${nonce.startsWith('B') ? 'C' : 'B'}${nonce.slice(1)}`,
    }));
    expect(await proceed(second)).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([
      'Unexpected GetCallerIdentity HTTP status code: 403 (SignatureDoesNotMatch)',
    ]);
  });

  test('a signature of an earlier conversation is worth nothing', async () => {
    const earlier = await signed(ALICE);
    await start();
    expect(await proceed(earlier)).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([
      'Unexpected GetCallerIdentity HTTP status code: 403 (SignatureDoesNotMatch)',
    ]);
  });

  test('of the ARN in the database user', async () => {
    lab.databaseUsers = [databaseUser(USER_ARN.replace('alice', 'alicf'))];
    expect(await proceed(await signed(ALICE))).toEqual(REFUSED);
    expect(lab.log.entries()).toMatchObject([
      { action: 'saslStart MONGODB-AWS', decision: 'info' },
      { action: 'saslContinue MONGODB-AWS', decision: 'info' },
      { action: 'saslContinue MONGODB-AWS', decision: 'info', reason: `STS returned ${USER_ARN}` },
      {
        action: 'saslContinue MONGODB-AWS',
        principal: USER_ARN,
        reason: `no database user "${USER_ARN}" in $external`,
      },
    ]);
  });
});

describe('the signature has to cover', () => {
  test.each(['host', 'x-amz-date', 'x-mongodb-gs2-cb-flag', 'x-mongodb-server-nonce'])(
    '%s',
    async (header) => {
      const second = await signed(ALICE);
      const a = second.a.replace(/SignedHeaders=([^,]+)/, (_, names: string) => {
        const left = names.split(';').filter((name) => name !== header);
        return `SignedHeaders=${left.join(';')}`;
      });
      expect(a).not.toBe(second.a);
      expect(await proceed({ ...second, a })).toEqual(REFUSED);
      expect(lab.refusals()).toEqual([`the signature does not cover ${header}`]);
      expect(lab.sts.requests).toEqual([]);
    },
  );

  test('the session token, when there is one', async () => {
    const second = await signed(ALICE);
    expect(await proceed({ ...second, t: 'session-token' })).toEqual(REFUSED);
    expect(lab.refusals()).toEqual(['the signature does not cover x-amz-security-token']);
  });

  test('the nonce: signed without it, even STS would agree', async () => {
    const second = await signed(ALICE, () => ({ 'x-mongodb-server-nonce': undefined }));
    expect(await proceed(second)).toEqual(REFUSED);
    expect(lab.refusals()).toEqual(['the signature does not cover x-mongodb-server-nonce']);
  });
});

describe('the first message', () => {
  test.each([
    {
      name: 'without a nonce',
      first: { p: 110 },
      reason: 'the client nonce is not a binary value of 32 bytes',
    },
    {
      name: 'with a nonce of 31 bytes',
      first: { r: new Binary(Buffer.alloc(31)), p: 110 },
      reason: 'the client nonce is not a binary value of 32 bytes',
    },
    {
      name: 'with channel binding',
      first: { r: new Binary(CLIENT_NONCE), p: 121 },
      reason: 'the client requires channel binding',
    },
  ])('$name', async ({ first, reason }) => {
    expect(await start(first)).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([reason]);
  });
});

describe('the second message', () => {
  test.each([
    { name: 'without a signature', second: {}, reason: 'the field "a" is not an Authorization header' },
    {
      name: 'with a line break in the signature',
      second: { a: 'AWS4\r\nHost: evil', d: '20261122T120000Z' },
      reason: 'the field "a" is not an Authorization header',
    },
    { name: 'without a date', second: { a: 'AWS4' }, reason: 'the field "d" is not a date' },
    {
      name: 'with a line break in the session token',
      second: { a: 'AWS4', d: '20261122T120000Z', t: 'a\r\nb' },
      reason: 'the field "t" is not a session token',
    },
  ])('$name', async ({ second, reason }) => {
    await start();
    expect(await proceed(second)).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([reason]);
  });

  test('of another conversation is a fault of the protocol, and ends this one', async () => {
    const second = await signed(ALICE);
    expect(await proceed(second, 2)).toEqual({
      ok: 0,
      errmsg: 'sasl: Mismatched conversation id',
      code: 17,
      codeName: 'ProtocolError',
    });
    expect(await proceed(second)).toMatchObject({ code: 17, errmsg: 'No SASL session state found' });
  });
});

describe('STS', () => {
  test.each([
    {
      name: 'fails',
      answer: { status: 500, body: 'oops' },
      reason: 'Unexpected GetCallerIdentity HTTP status code: 500',
    },
    {
      name: 'names nobody',
      answer: { status: 200, body: '<html/>' },
      reason: 'the response from GetCallerIdentity contains no ARN',
    },
    {
      name: 'names two',
      answer: { status: 200, body: `<Arn>${USER_ARN}</Arn><Arn>x</Arn>` },
      reason: 'the response from GetCallerIdentity contains no ARN',
    },
    {
      name: 'names the root of the account',
      answer: { status: 200, body: '<Arn>arn:aws:iam::123456789012:root</Arn>' },
      reason: '"arn:aws:iam::123456789012:root" is not the ARN of an IAM user or role',
    },
    {
      name: 'redirects',
      answer: { status: 307, body: '' },
      reason: 'Unexpected GetCallerIdentity HTTP status code: 307',
    },
  ])('$name', async ({ answer, reason }) => {
    const second = await signed(ALICE);
    lab.sts.answer = answer;
    expect(await proceed(second)).toEqual(REFUSED);
    expect(lab.refusals()).toEqual([reason]);
  });

  test('cannot be reached', async () => {
    const second = await signed(ALICE);
    await lab.sts.close();
    expect(await proceed(second)).toEqual(REFUSED);
    expect(lab.refusals()[0]).toMatch(/^STS is unreachable: connect ECONNREFUSED /);
  });
});

function flipLast(authorization: string): string {
  return authorization.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
}
