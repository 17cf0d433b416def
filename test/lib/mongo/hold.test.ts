import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { Redactor } from '../../../src/lib/core/redactor.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { MintedToken } from '../../../src/lib/core/token.ts';
import { createMongo } from '../../../src/lib/mongo/mongo.ts';
import type { HoldEvent, HoldPlan, HoldResult } from '../../../src/lib/ports/mongo.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { loopbackResolver, TOKEN } from '../../support/login.ts';
import {
  AUDIENCE,
  databaseUser,
  type MongodFixture,
  SUBJECT,
  startMongodFixture,
  USERNAME,
} from '../../support/mongod-fixture.ts';
import {
  refusal,
  type Script,
  type ScriptedMongod,
  startScriptedMongod,
} from '../../support/scripted-mongod.ts';

const MINUTE = 60_000;
const FRIENDLY: Script = { listDatabases: { databases: [], ok: 1 } };

interface Held {
  readonly result: HoldResult;
  readonly events: readonly HoldEvent[];
  /** `authenticate pass, command 1 at 0 s, reauthentication 1 at 70 s …` from the end of the login on. */
  readonly path: string;
}

/** Holds a connection with a clock of its own, by which nobody waits; `sleeping` is told of every pause. */
async function hold(
  port: number,
  plan: Partial<HoldPlan>,
  sleeping: (ms: number) => unknown = () => {},
  signal = new AbortController().signal,
): Promise<Held> {
  const clock = fakeClock();
  const since = clock.now().getTime();
  const mongo = await createMongo({
    resolver: loopbackResolver(),
    cwd: '/',
    redactor: new Redactor(),
    now: clock.now,
    sleep: async (ms, sleepSignal) => {
      await sleeping(ms);
      await clock.sleep(ms, sleepSignal);
    },
  });
  const events: HoldEvent[] = [];
  const full: HoldPlan = {
    mechanism: 'MONGODB-OIDC',
    uri: parseConnectionString(`mongodb://127.0.0.1:${port}/`),
    timeoutMs: 5000,
    tokenSource: { get: async () => TOKEN },
    forMs: 3 * MINUTE,
    everyMs: MINUTE,
    ...plan,
  };
  const result = await mongo.hold(full, (event) => events.push(event), signal);
  const path = events.map((event) =>
    event.kind === 'stage'
      ? `${event.stage.id} ${event.stage.status}`
      : `${event.kind} ${event.count} at ${(event.at.getTime() - since) / 1000} s`,
  );
  return { result, events, path: path.slice(path.indexOf('authenticate pass')).join(', ') };
}

describe("at the lab's server", () => {
  let lab: MongodFixture;
  beforeEach(async () => {
    lab = await startMongodFixture();
  });
  afterEach(() => lab.close());

  /** A token of 60 seconds by the lab's clock. */
  async function mint(): Promise<MintedToken> {
    const issuedAt = lab.now();
    const seconds = Math.floor(issuedAt.getTime() / 1000);
    return {
      token: new Secret(await lab.token({ exp: seconds + 60, jti: `${seconds}` })),
      issuer: lab.issuer.issuer,
      subject: SUBJECT,
      audience: [AUDIENCE],
      algorithm: 'RS256',
      keyId: 'key-1',
      tokenId: `${seconds}`,
      issuedAt,
      expiresAt: new Date((seconds + 60) * 1000),
    };
  }
  const letTimePass = (ms: number) => lab.advance(ms / 1000);

  test('a connection outlives its tokens of a minute, whatever its roles are', async () => {
    lab.databaseUsers = [databaseUser(USERNAME, { roles: [{ role: 'read', db: 'app' }] })];
    const plan = { tokenSource: { get: mint }, forMs: 180_000, everyMs: 35_000 };
    const { result, path } = await hold(lab.mongod.port, plan, letTimePass);
    expect(result).toEqual({ logins: 1, reauthentications: 2, commands: 7, failure: null });
    expect(path).toBe(
      [
        'authenticate pass',
        'command 1 at 0 s',
        'command 2 at 35 s',
        'reauthentication 1 at 70 s',
        'command 3 at 70 s',
        'command 4 at 105 s',
        'reauthentication 2 at 140 s',
        'command 5 at 140 s',
        'command 6 at 175 s',
        'command 7 at 180 s',
      ].join(', '),
    );
    expect(lab.refusals().filter((reason) => reason.includes('reauthentication'))).toHaveLength(2);
  });

  test('a source that returns the token that ended is told as what it is', async () => {
    const only = await mint();
    const plan = { tokenSource: { get: async () => only }, everyMs: 70_000 };
    const { result, path } = await hold(lab.mongod.port, plan, letTimePass);
    expect(path).toBe('authenticate pass, command 1 at 0 s, reauthentication 1 at 70 s');
    expect(result).toMatchObject({ logins: 1, reauthentications: 1, commands: 1 });
    expect(result.failure).toMatchObject({
      code: 'mongo.reauthentication-failed',
      exitCode: 4,
      message:
        'After 1 min 10 s, the server requested a new login and rejected the token. The server gave only this reason: "Authentication failed." (18).',
      likelyCause: 'The token source returned the expired token instead of a new one.',
      remedy: 'Omit --token-file. fedctl then mints a new token for every login.',
    });
    expect(result.failure?.details['evidence']).toContain(`sub  ${SUBJECT}`);
    expect(JSON.stringify(result.failure)).not.toContain(only.token.reveal());
  });

  test('a fresh token that is refused, because the database user is gone', async () => {
    const plan = { tokenSource: { get: mint }, everyMs: 70_000 };
    const { result } = await hold(lab.mongod.port, plan, (ms) => {
      letTimePass(ms);
      lab.databaseUsers = [];
    });
    expect(result.failure).toMatchObject({
      code: 'mongo.reauthentication-failed',
      likelyCause:
        'The server requested a new login when the token expired, and rejected the token that fedctl sent.',
    });
  });

  test('a mint that fails keeps its own code', async () => {
    let minted = 0;
    const get = async () => {
      minted += 1;
      if (minted === 1) return mint();
      throw new FedctlError('aws.timeout', { message: 'AWS says no.' });
    };
    const { result } = await hold(lab.mongod.port, { tokenSource: { get }, everyMs: 70_000 }, letTimePass);
    expect(result).toMatchObject({ reauthentications: 1, commands: 1 });
    expect(result.failure).toMatchObject({ code: 'aws.timeout', message: 'AWS says no.' });
  });

  test('a login that fails is thrown, as it is by login', async () => {
    lab.databaseUsers = [];
    await expect(hold(lab.mongod.port, { tokenSource: { get: mint } })).rejects.toMatchObject({
      code: 'mongo.oidc-refused',
    });
  });
});

describe('at a server that', () => {
  const started: ScriptedMongod[] = [];
  afterEach(async () => {
    for (const each of started.splice(0)) await each.close();
  });

  async function mongod(script: Script = {}): Promise<ScriptedMongod> {
    const server = await startScriptedMongod({ ...FRIENDLY, ...script });
    started.push(server);
    return server;
  }

  /** Does one thing from the second command on. */
  function fromTheSecond(act: Script[string]): Script {
    let asked = 0;
    return {
      listDatabases: (command) => {
        asked += 1;
        const then = asked > 1 ? act : FRIENDLY['listDatabases'];
        if (then === undefined) throw new Error('nothing to do');
        return typeof then === 'function' ? then(command) : then;
      },
    };
  }

  test('is well: the command is one that needs the login, and the client is closed', async () => {
    const { port, commands, received } = await mongod();
    const { result, events } = await hold(port, {});
    expect(result).toEqual({ logins: 1, reauthentications: 0, commands: 4, failure: null });
    expect(events.flatMap((event) => (event.kind === 'stage' ? [event.stage.id] : []))).toEqual([
      'resolve',
      'tcp',
      'tls',
      'hello',
      'credential',
      'authenticate',
    ]);
    expect(commands.filter((name) => name === 'saslStart')).toHaveLength(1);
    expect(received.find((each) => 'listDatabases' in each)).toMatchObject({
      listDatabases: 1,
      nameOnly: true,
      authorizedDatabases: true,
      $db: 'admin',
    });
  });

  test.each<[string, Script[string], string, string]>([
    ['cuts the connection', 'close', 'mongo.connection-lost', 'The connection was lost after 1 min.'],
    [
      'falls silent',
      'silence',
      'mongo.command-failed',
      'The login succeeded, but 1 min later the command listDatabases timed out (limit: 0.4 s).',
    ],
    [
      'has a fault',
      refusal(8, 'UnknownError', 'out of order'),
      'mongo.command-failed',
      'The login succeeded, but listDatabases failed: out of order (8 UnknownError).',
    ],
    [
      'wants a login again and again',
      refusal(391, 'ReauthenticationRequired', 'again'),
      'mongo.reauthentication-failed',
      'After 1 min, the server requested a new login and rejected the token. The server gave only this reason: "again" (391).',
    ],
  ])('%s', async (title, act, code, message) => {
    const { port } = await mongod(fromTheSecond(act));
    const { result } = await hold(port, { timeoutMs: title === 'falls silent' ? 400 : 5000 });
    expect(result).toMatchObject({ logins: 1, commands: 1 });
    expect(result.failure).toMatchObject({ code, message });
  });

  test('ends the connection between two commands: the new one that the driver opens does not count', async () => {
    const server = await mongod();
    const { result } = await hold(server.port, {}, () => server.cut());
    expect(result).toMatchObject({ logins: 1, commands: 1 });
    expect(result.failure).toMatchObject({
      code: 'mongo.connection-lost',
      exitCode: 6,
      message: 'The connection was lost after 1 min.',
    });
  });
});

describe('an interruption ends it within a second', () => {
  const interruption = new Interruption('interrupted');

  test.each(['in a pause', 'in a command'])('%s', async (when) => {
    const controller = new AbortController();
    let since = 0;
    const interrupt = () => {
      since = Date.now();
      controller.abort(interruption);
    };
    const server = await startScriptedMongod({
      listDatabases: () => {
        if (when === 'in a pause') return { databases: [], ok: 1 };
        interrupt();
        return 'silence';
      },
    });
    try {
      const held = hold(server.port, { timeoutMs: 60_000 }, interrupt, controller.signal);
      await expect(held).rejects.toBe(interruption);
      expect(Date.now() - since).toBeLessThan(1000);
      await expect.poll(() => server.connections()).toBe(0);
    } finally {
      await server.close();
    }
  });
});
