import { Binary, type Document } from 'bson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dice, mutateBytes, mutateText } from '../../support/dice.ts';
import { awsContinue, awsStart, type LoadedLab, startLoadedLab } from '../../support/loaded-lab.ts';
import { payload, saslStart } from '../../support/mongod-fixture.ts';
import { mutateDocument } from '../../support/strange-documents.ts';
import { frame, opMsg, opQuery, WireClient } from '../../support/wire-client.ts';

/** `npm run bench -- fuzz` asks for the whole number; a seed repeats a run. */
const ROUNDS = Number(process.env['FEDCTL_FUZZ_FRAMES'] ?? 6000);
const SEED = Number(process.env['FEDCTL_FUZZ_SEED'] ?? 20_261_122);
/** So many connections ask at once. */
const LANES = 8;
const TESTS = 3;
const TIMEOUT = 20_000 + ROUNDS * 20;

let lab: LoadedLab;
let refused: { readonly foreign: string; readonly good: string };

beforeAll(async () => {
  lab = await startLoadedLab();
  refused = { foreign: await lab.token('somebody-else'), good: await lab.token() };
});
afterAll(() => lab.close());

/** Messages of a login that has to be refused, however they are changed: no key and no token in them is good. */
function login(dice: Dice): Document {
  const token = dice.oneIn(2) ? refused.foreign : mutatedToken(dice, refused.good);
  const start = saslStart(token);
  const seeds = [
    { ...start, $db: '$external' },
    { ...start, payload: payload(mutateDocument(dice, { jwt: token })), $db: '$external' },
    { ...awsStart(dice.bytes(32)), $db: '$external' },
    { ...awsContinue(lab.operator, dice.bytes(64), 'not-the-secret'), $db: '$external' },
    { ...awsContinue(lab.operator, dice.bytes(64)), $db: '$external' },
    { hello: 1, helloOk: true, speculativeAuthenticate: { ...start, db: '$external' }, $db: 'admin' },
    { hello: 1, speculativeAuthenticate: { ...awsStart(dice.bytes(32)), db: '$external' }, $db: 'admin' },
    { isMaster: 1, client: { driver: { name: 'x', version: '1' } }, $db: 'admin' },
    { connectionStatus: 1, showPrivileges: true, $db: 'admin' },
    { logout: 1, $db: '$external' },
  ] as const;
  return dice.pick<Document>(seeds);
}

/** Commands of somebody who is in. */
function work(dice: Dice): Document {
  const seeds = [
    { find: 'c', filter: { a: { $gt: 1 }, b: 'x' }, sort: { a: -1 }, limit: 5, projection: { a: 1 } },
    { insert: 'c', documents: [{ a: dice.below(9), b: { c: [1, 2, { d: 'x' }] } }], ordered: true },
    {
      update: 'c',
      updates: [{ q: { a: 1 }, u: { $inc: { a: 1 }, $push: { l: 1 } }, upsert: true, multi: false }],
    },
    { delete: 'c', deletes: [{ q: { a: { $lt: 3 } }, limit: 0 }] },
    {
      aggregate: 'c',
      pipeline: [{ $match: { a: 1 } }, { $group: { _id: '$b', n: { $sum: 1 } } }],
      cursor: {},
    },
    { findAndModify: 'c', query: { a: 2 }, update: { $set: { a: 3 } }, new: true },
    { count: 'c', query: {} },
    { distinct: 'c', key: 'a', query: {} },
    { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a_1', unique: false }] },
    { listCollections: 1, filter: { name: 'c' }, nameOnly: true },
    { listIndexes: 'c' },
    { getMore: 1, collection: 'c' },
    { killCursors: 'c', cursors: [1] },
    { drop: 'c' },
    { dbStats: 1 },
    { listDatabases: 1 },
  ] as const;
  return { ...dice.pick<Document>(seeds), $db: 'fuzz', lsid: { id: new Binary(Buffer.alloc(16), 4) } };
}

/** Another token than the one given: the text differs, and one token has one spelling. */
function mutatedToken(dice: Dice, token: string): string {
  const mutated = mutateText(dice, token);
  return mutated === token ? `${token}A` : mutated;
}

/** A changed message, whole as far as its length goes. */
function mutatedFrame(dice: Dice, command: Document): Buffer {
  let bytes: Buffer;
  try {
    const changed = dice.oneIn(4) ? command : mutateDocument(dice, command);
    bytes = dice.oneIn(8)
      ? opQuery(changed)
      : opMsg(changed, {
          flags: dice.oneIn(30) ? dice.next() : 0,
          sequences: dice.oneIn(10) ? { documents: [changed] } : {},
        });
  } catch {
    // What BSON's own writer refuses.
    bytes = opMsg(command);
  }
  if (dice.oneIn(2)) bytes = mutateBytes(dice, bytes);
  if (bytes.length < 16) bytes = Buffer.concat([bytes, dice.bytes(16)]);
  bytes.writeInt32LE(bytes.length, 0);
  if (!dice.oneIn(20)) bytes.writeInt32LE(dice.oneIn(8) ? 2004 : 2013, 12);
  return bytes;
}

/** Sends a message and then one that is answered for certain. @returns all replies but that last */
async function repliesTo(client: WireClient, bytes: Buffer, mark: string): Promise<readonly Document[]> {
  client.socket.write(Buffer.concat([bytes, opMsg({ [mark]: 1, $db: 'admin' })]));
  const replies: Document[] = [];
  for (;;) {
    const reply = await client.reply();
    if (String(reply['errmsg']).includes(mark)) return replies;
    replies.push(reply);
  }
}

/** What says that somebody is in. */
function grants(reply: Document): boolean {
  return (
    (reply['done'] === true && reply['ok'] === 1) ||
    reply['speculativeAuthenticate']?.done === true ||
    (reply['authInfo']?.authenticatedUsers ?? []).length > 0
  );
}

interface Fault {
  readonly seed: number;
  readonly round: number;
  readonly what: unknown;
  readonly frame: string;
}

/** Many connections, each with dice of its own; a connection that was closed is followed by another. */
async function fuzz(
  one: (dice: Dice, lane: Lane, round: number) => Promise<unknown>,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  await Promise.all(
    Array.from({ length: LANES }, async (_, index) => {
      const seed = SEED + index;
      const dice = new Dice(seed);
      const lane = new Lane();
      for (let round = 0; round < ROUNDS / TESTS / LANES && faults.length < 5; round += 1) {
        const what = await one(dice, lane, round);
        if (what !== null)
          faults.push({ seed, round, what, frame: lane.sent.toString('hex').slice(0, 4000) });
      }
      lane.client?.close();
    }),
  );
  return faults;
}

class Lane {
  client: WireClient | null = null;
  sent: Buffer = Buffer.alloc(0);

  async open(login: (client: WireClient) => Promise<unknown>): Promise<WireClient> {
    if (this.client !== null && !this.client.closed) return this.client;
    this.client = await WireClient.connect(lab.mongoPort);
    await login(this.client);
    return this.client;
  }
}

async function healthy(): Promise<readonly boolean[]> {
  const client = await WireClient.connect(lab.mongoPort);
  const other = await WireClient.connect(lab.mongoPort);
  const outcome = [await lab.loginByToken(client, refused.good), await lab.loginByKeys(other)];
  client.close();
  other.close();
  return outcome;
}

describe(`${ROUNDS} messages from seed ${SEED}`, () => {
  test('let nobody in', { timeout: TIMEOUT }, async () => {
    lab.granted('mongod');
    const faults = await fuzz(async (dice, lane, round) => {
      const client = await lane.open(async () => {});
      lane.sent = mutatedFrame(dice, login(dice));
      try {
        const replies = await repliesTo(client, lane.sent, `mark${round}`);
        return replies.find((reply) => grants(reply) || reply['code'] === 1) ?? null;
      } catch (error) {
        if (!client.closed) throw error;
        return null;
      }
    });
    expect(faults).toEqual([]);
    expect(lab.granted('mongod')).toEqual([]);
    expect(await healthy()).toEqual([true, true]);
  });

  test('of somebody who is in meet no bug', { timeout: TIMEOUT }, async () => {
    const faults = await fuzz(async (dice, lane, round) => {
      const client = await lane.open((fresh) => lab.loginByToken(fresh, refused.good));
      // What was stored is thrown away now and then, or every query would look at all of it.
      lane.sent =
        round % 200 === 199 ? opMsg({ dropDatabase: 1, $db: 'fuzz' }) : mutatedFrame(dice, work(dice));
      try {
        const replies = await repliesTo(client, lane.sent, `mark${round}`);
        return replies.find((reply) => reply['code'] === 1) ?? null;
      } catch (error) {
        if (!client.closed) throw error;
        return null;
      }
    });
    expect(faults).toEqual([]);
    expect(await healthy()).toEqual([true, true]);
  });

  test('that are no messages at all let nobody in', { timeout: TIMEOUT }, async () => {
    lab.granted('mongod');
    const faults = await fuzz(async (dice, lane) => {
      const client = await WireClient.connect(lab.mongoPort);
      const noise = dice.bytes(dice.below(200));
      lane.sent = dice.pick([
        () => noise,
        () => frame(2013, noise),
        () => frame(dice.pick([0, 1, 1000, 2001, 2002, 2004, 2006, 2012]), noise),
        () => mutateBytes(dice, opMsg(login(dice))),
        () => frame(2013, noise, dice.next() | 0),
      ])();
      client.socket.end(lane.sent);
      await client.end();
      return null;
    });
    expect(faults).toEqual([]);
    expect(lab.granted('mongod')).toEqual([]);
    expect(await healthy()).toEqual([true, true]);
  });
});
