import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { BSON } from 'bson';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { crc32c } from '../../../src/sandbox/mongod/crc32c.ts';
import { listenOnLoopback } from '../../support/listen.ts';
import { type MongodFixture, saslStart, startMongodFixture } from '../../support/mongod-fixture.ts';
import { frame, opMsg, opQuery, WireClient } from '../../support/wire-client.ts';

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

const PING = { ping: 1, $db: 'admin' };

function withChecksum(message: Buffer): Buffer {
  const whole = Buffer.concat([message, Buffer.alloc(4)]);
  whole.writeInt32LE(whole.length, 0);
  whole.writeUInt32LE(whole.readUInt32LE(16) | 1, 16);
  whole.writeUInt32LE(crc32c(whole.subarray(0, -4)), whole.length - 4);
  return whole;
}

test('the checksum is the Castagnoli one', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

describe('a good message', () => {
  test('is read however it is cut', async () => {
    for (const byte of opMsg(PING)) {
      client.socket.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await client.reply()).toEqual({ ok: 1 });
  });

  test('may come together with others, and each is answered in order', async () => {
    const hello = opMsg({ whatsmyuri: 1, $db: 'admin' });
    const both = Buffer.concat([opMsg(PING), hello, opMsg(PING)]);
    client.socket.write(both.subarray(0, both.length - 3));
    expect(await client.reply()).toEqual({ ok: 1 });
    expect(await client.reply()).toHaveProperty('you');
    client.socket.write(both.subarray(both.length - 3));
    expect(await client.reply()).toEqual({ ok: 1 });
  });

  test('may carry a checksum', async () => {
    client.socket.write(withChecksum(opMsg(PING)));
    expect(await client.reply()).toEqual({ ok: 1 });
  });

  test('that says moreToCome is carried out and not answered', async () => {
    const other = await lab.loggedIn();
    other.socket.write(opMsg({ insert: 'visits', documents: [{ _id: 1 }], $db: 'app' }, { flags: 2 }));
    expect(await other.command({ find: 'visits' }, 'app')).toMatchObject({
      cursor: { firstBatch: [{ _id: 1 }] },
    });
  });

  test('may allow an exhaust reply, which is not given', async () => {
    client.socket.write(opMsg(PING, { flags: 1 << 16 }));
    expect(await client.reply()).toEqual({ ok: 1 });
  });

  test('may carry documents as a sequence', async () => {
    const other = await lab.loggedIn();
    const insert = { insert: 'visits', ordered: true, $db: 'app' };
    other.socket.write(opMsg(insert, { sequences: { documents: [{ _id: 1 }, { _id: 2, n: 'x' }] } }));
    expect(await other.reply()).toEqual({ n: 2, ok: 1 });
    other.socket.write(
      opMsg({ delete: 'visits', $db: 'app' }, { sequences: { deletes: [{ q: { _id: 1 }, limit: 1 }] } }),
    );
    expect(await other.reply()).toEqual({ n: 1, ok: 1 });
    expect(await other.command({ find: 'visits' }, 'app')).toMatchObject({
      cursor: { firstBatch: [{ _id: 2, n: 'x' }] },
    });
  });
});

describe('OP_QUERY', () => {
  test.each(['ismaster', 'isMaster', 'hello'])('says %s', async (name) => {
    client.socket.write(opQuery({ [name]: 1, helloOk: true }));
    expect(await client.reply()).toMatchObject({ helloOk: true, maxWireVersion: 25, ok: 1 });
  });

  test('may wrap it', async () => {
    client.socket.write(opQuery({ $query: { ismaster: 1 }, $readPreference: { mode: 'nearest' } }));
    expect(await client.reply()).toMatchObject({ ismaster: true, ok: 1 });
  });

  test('says nothing else', async () => {
    client.socket.write(opQuery({ ping: 1 }));
    expect(await client.reply()).toEqual({
      ok: 0,
      errmsg: 'Unsupported OP_QUERY command: ping.',
      code: 352,
      codeName: 'UnsupportedOpQueryCommand',
    });
  });
});

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value, 0);
  return bytes;
}

const BODY = Buffer.concat([Buffer.from([0]), BSON.serialize(PING)]);
const NO_FLAGS = Buffer.alloc(4);
const brokenChecksum = withChecksum(opMsg(PING));
brokenChecksum.writeUInt8(brokenChecksum.readUInt8(30) ^ 1, 30);

describe('bytes that are no message', () => {
  test.each([
    {
      name: 'text',
      bytes: Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      reason: 'invalid message length: 542393671 bytes',
    },
    {
      name: 'a TLS hello',
      bytes: Buffer.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 7, 7, 7, 7, 7, 7]),
      reason: 'the operation 117901063 is not supported',
    },
    { name: 'a length of zero', bytes: int32(0), reason: 'invalid message length: 0 bytes' },
    { name: 'a length below a header', bytes: int32(15), reason: 'invalid message length: 15 bytes' },
    { name: 'a negative length', bytes: int32(-1), reason: 'invalid message length: -1 bytes' },
    {
      name: 'a length beyond the limit',
      bytes: int32(48_000_001),
      reason: 'invalid message length: 48000001 bytes',
    },
    {
      name: 'an operation of old',
      bytes: frame(2002, Buffer.alloc(8)),
      reason: 'the operation 2002 is not supported',
    },
    {
      name: 'a compressed message',
      bytes: frame(2012, Buffer.alloc(9)),
      reason: 'the operation 2012 is not supported',
    },
    { name: 'a header alone', bytes: frame(2013, Buffer.alloc(0)), reason: /^invalid message: / },
    { name: 'no section', bytes: frame(2013, NO_FLAGS), reason: 'OP_MSG has no body' },
    { name: 'an unknown flag', bytes: opMsg(PING, { flags: 4 }), reason: 'OP_MSG has unknown flags: 0x4' },
    {
      name: 'two bodies',
      bytes: frame(2013, Buffer.concat([NO_FLAGS, BODY, BODY])),
      reason: 'OP_MSG has two bodies',
    },
    {
      name: 'an unknown section',
      bytes: frame(2013, Buffer.concat([NO_FLAGS, Buffer.from([2]), BODY])),
      reason: 'OP_MSG has a section of unknown kind 2',
    },
    {
      name: 'a body longer than the message',
      bytes: frame(2013, Buffer.concat([NO_FLAGS, Buffer.from([0]), int32(1000)])),
      reason: 'a section is truncated',
    },
    {
      name: 'a body of no bytes',
      bytes: frame(2013, Buffer.concat([NO_FLAGS, Buffer.from([0]), int32(0)])),
      reason: 'invalid section length: 0 bytes',
    },
    {
      name: 'a body that is no BSON',
      bytes: frame(2013, Buffer.concat([NO_FLAGS, Buffer.from([0]), int32(8), Buffer.alloc(4, 99)])),
      reason: /^invalid message: /,
    },
    { name: 'a body without $db', bytes: opMsg({ ping: 1 }), reason: 'OP_MSG has no $db' },
    {
      name: 'a sequence without an end of its name',
      bytes: frame(2013, Buffer.concat([NO_FLAGS, BODY, Buffer.from([1]), int32(8), Buffer.from('docs')])),
      reason: 'a string has no null terminator',
    },
    {
      name: 'a field both in the body and as a sequence',
      bytes: opMsg({ insert: 'x', documents: [], $db: 'app' }, { sequences: { documents: [{}] } }),
      reason: 'OP_MSG contains the same field in its body and in a document sequence',
    },
    { name: 'a wrong checksum', bytes: brokenChecksum, reason: 'the checksum of OP_MSG is wrong' },
    {
      name: 'a query on a collection',
      bytes: opQuery({}, 'app.visits'),
      reason: 'OP_QUERY on a collection is not supported',
    },
  ])('$name end this connection and no other', async ({ bytes, reason }) => {
    const other = await WireClient.connect(lab.mongod.port);
    client.socket.write(bytes);
    await client.end();
    expect(await other.command(PING)).toEqual({ ok: 1 });
    other.close();
    const [entry, ...more] = lab.log.entries();
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ hop: 'mongod', action: 'read a message', decision: 'refused' });
    const [, said] = /^127\.0\.0\.1:\d+: (.*); the connection is closed$/.exec(entry?.reason ?? '') ?? [];
    expect(said).toMatch(reason);
  });

  test('documents nested without end do not break the server', async () => {
    let nested = Buffer.from([5, 0, 0, 0, 0]);
    const levels = 20_000;
    const parts: Buffer[] = [];
    for (let depth = 0; depth < levels; depth += 1) parts.push(Buffer.from([3, 97, 0]));
    // Each level: size, element type, name; closed by as many zero bytes.
    const whole: Buffer[] = [];
    let size = nested.length + levels * 8;
    for (const part of parts) {
      whole.push(int32(size), part);
      size -= 8;
    }
    nested = Buffer.concat([...whole, nested, Buffer.alloc(levels)]);
    client.socket.write(frame(2013, Buffer.concat([NO_FLAGS, Buffer.from([0]), nested])));
    await client.end();
    const other = await WireClient.connect(lab.mongod.port);
    expect(await other.command(PING)).toEqual({ ok: 1 });
    other.close();
  });
});

test('an unknown command is refused, and the connection goes on', async () => {
  expect(await client.command({ atlasVersion: 1 })).toEqual({
    ok: 0,
    errmsg: "no such command: 'atlasVersion'",
    code: 59,
    codeName: 'CommandNotFound',
  });
  expect(await client.command({ constructor: 1 })).toMatchObject({ code: 59 });
  expect(await client.command({})).toMatchObject({ code: 59 });
  expect(await client.command(PING)).toEqual({ ok: 1 });
});

describe('hello', () => {
  test('of a standalone', async () => {
    expect(await client.command({ hello: 1 })).toEqual({
      helloOk: true,
      isWritablePrimary: true,
      maxBsonObjectSize: 16_777_216,
      maxMessageSizeBytes: 48_000_000,
      maxWriteBatchSize: 100_000,
      localTime: expect.any(Date),
      logicalSessionTimeoutMinutes: 30,
      connectionId: expect.any(Number),
      minWireVersion: 0,
      maxWireVersion: 25,
      readOnly: false,
      ok: 1,
    });
  });

  test('of a replica set names hosts that can be reached', async () => {
    const set = await startMongodFixture({ replicaSet: 'lab0', host: 'localhost' });
    try {
      const driver = set.driver({}, '&replicaSet=lab0');
      const address = `localhost:${set.mongod.port}`;
      const member = await WireClient.connect(set.mongod.port);
      expect(await member.command({ isMaster: 1 })).toMatchObject({
        ismaster: true,
        setName: 'lab0',
        hosts: [address],
        primary: address,
        me: address,
        secondary: false,
      });
      member.close();
      await driver.close();
    } finally {
      await set.close();
    }
  });
});

describe('closing', () => {
  test('ends within a second, whatever clients and neighbors do', async () => {
    const silent = createServer(() => {});
    const issuer = `http://127.0.0.1:${await listenOnLoopback(silent)}`;
    lab.identityProviders = lab.identityProviders.map((idp) => ({ ...idp, issuer }));
    const asked = once(silent, 'connection');
    client.socket.write(opMsg({ ...saslStart(await lab.token({ iss: issuer })), $db: '$external' }));
    const [waiting] = (await asked) as [Socket];
    const given = once(waiting.resume(), 'close');
    const half = await WireClient.connect(lab.mongod.port);
    half.socket.write(opMsg(PING).subarray(0, 20));
    const before = performance.now();
    await lab.mongod.close();
    expect(performance.now() - before).toBeLessThan(1000);
    await Promise.all([client.end(), half.end()]);
    await expect(WireClient.connect(lab.mongod.port)).rejects.toThrow('ECONNREFUSED');
    await given;
    silent.close();
  });

  test('twice is as good as once', async () => {
    await lab.mongod.close();
    await lab.mongod.close();
  });
});

test('a port that is taken is said to be', async () => {
  await expect(startMongodFixture({ port: lab.mongod.port })).rejects.toMatchObject({
    code: 'lab.port-taken',
    message: `The lab's MongoDB server cannot listen on 127.0.0.1:${lab.mongod.port}: the port is in use.`,
  });
});
