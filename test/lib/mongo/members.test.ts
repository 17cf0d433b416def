import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TlsOptions } from 'node:tls';
import type { Document } from 'bson';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { createTestCa, type TestCa } from '../../support/certificates.ts';
import { attemptLogin } from '../../support/login.ts';
import {
  HELLO,
  type Script,
  type ScriptedMongod,
  startScriptedMongod,
} from '../../support/scripted-mongod.ts';

/** An address of this machine that stands for another one, where there is any. */
const ELSEWHERE = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

const started: ScriptedMongod[] = [];

afterEach(async () => {
  for (const each of started.splice(0)) await each.close();
});

async function mongod(script: Script, tls?: TlsOptions, host?: string): Promise<ScriptedMongod> {
  const server = await startScriptedMongod(script, tls, host);
  started.push(server);
  return server;
}

interface ReplicaSet {
  /** The member that is named in the connection string. */
  readonly here: ScriptedMongod;
  readonly there: ScriptedMongod;
  /** As `here` names the other member. */
  readonly thereName: string;
  /** Makes the other member the primary, as `here` tells from now on. */
  move(): void;
}

/** Two members. `here` is the secondary if `moved`, and else the primary. */
async function replicaSet(
  names: { readonly here: string; readonly there: string },
  { moved, script = {}, tls, listen }: { moved: boolean; script?: Script; tls?: TlsOptions; listen?: string },
): Promise<ReplicaSet> {
  let isMoved = moved;
  const hello = (isHere: boolean) => (): Document => {
    const isPrimary = isHere !== isMoved;
    const members = [`${names.here}:${here.port}`, `${names.there}:${there.port}`];
    return {
      ...HELLO,
      ismaster: isPrimary,
      isWritablePrimary: isPrimary,
      secondary: !isPrimary,
      setName: 'rs0',
      hosts: members,
      me: members[isHere ? 0 : 1],
      primary: members[isMoved ? 1 : 0],
    };
  };
  const there = await mongod({ hello: hello(false) }, tls, listen);
  const here = await mongod({ hello: hello(true), ...script }, tls);
  return {
    here,
    there,
    thereName: `${names.there}:${there.port}`,
    move: () => {
      isMoved = true;
    },
  };
}

describe.skipIf(ELSEWHERE === undefined)('a member on another machine, without TLS', () => {
  const elsewhere = { here: '127.0.0.1', there: ELSEWHERE ?? '', listen: ELSEWHERE ?? '' };

  test.each(['secondary', 'secondaryPreferred', 'nearest'])(
    'is not even connected to, and with readPreference=%s the login is on this one',
    async (mode) => {
      const { here, there } = await replicaSet(elsewhere, { moved: true, listen: elsewhere.listen });
      const { path, failure } = await attemptLogin({
        uri: `mongodb://127.0.0.1:${here.port}/?replicaSet=rs0&readPreference=${mode}`,
      });
      expect({ path, failure }).toEqual({
        path: 'resolve pass, tcp pass, tls skip, hello pass, credential pass, authenticate pass, whoami pass, ping pass',
        failure: null,
      });
      expect(there.accepted()).toBe(0);
    },
  );

  test.each(['', '&readPreference=primary', '&heartbeatFrequencyMS=500', '&tls=false'])(
    'ends the login at once when it is the primary (%s)',
    async (options) => {
      const { here, there, thereName } = await replicaSet(elsewhere, {
        moved: true,
        listen: elsewhere.listen,
      });
      const { path, failure } = await attemptLogin({
        uri: `mongodb://127.0.0.1:${here.port}/?replicaSet=rs0${options}`,
        timeoutMs: 60_000,
      });
      expect(path).toBe('resolve pass, tcp pass, tls skip, hello fail');
      expect(failure).toMatchObject({
        code: 'mongo.plaintext-refused',
        exitCode: 2,
        message: `The server reports ${thereName} as a member of its replica set, but fedctl does not log in to this member without TLS.`,
        details: { host: thereName, tls: 'off' },
      });
      expect(here.commands).not.toContain('saslStart');
      expect(there.accepted()).toBe(0);
    },
  );

  test.each(['MONGODB-OIDC', 'MONGODB-AWS'] as const)(
    'gets no login by %s when it becomes the primary after the login',
    async (mechanism) => {
      const set: ReplicaSet = await replicaSet(elsewhere, {
        moved: false,
        listen: elsewhere.listen,
        script: {
          connectionStatus: () => {
            set.move();
            return 'silence';
          },
        },
      });
      const { path, failure } = await attemptLogin({
        uri: `mongodb://127.0.0.1:${set.here.port}/?replicaSet=rs0&heartbeatFrequencyMS=500`,
        mechanism,
        timeoutMs: 60_000,
      });
      expect(path).toBe(
        'resolve pass, tcp pass, tls skip, hello pass, credential pass, authenticate pass, whoami fail',
      );
      expect(failure).toMatchObject({ code: 'mongo.plaintext-refused', exitCode: 2 });
      expect(set.there.accepted()).toBe(0);
    },
  );
});

test('members that are all on this machine are used', async () => {
  const { here, there } = await replicaSet({ here: '127.0.0.1', there: 'localhost' }, { moved: true });
  const { failure } = await attemptLogin({ uri: `mongodb://127.0.0.1:${here.port}/?replicaSet=rs0` });
  expect(failure).toBeNull();
  expect(here.commands).not.toContain('saslStart');
  expect(there.commands).toContain('saslStart');
});

describe('the rule of a file that was found, over verified TLS', () => {
  let ca: TestCa;
  let directory: string;
  let caFile: string;
  const names = { here: 'a.example.net', there: 'b.example.net' };

  beforeAll(async () => {
    ca = await createTestCa();
    directory = await mkdtemp(join(tmpdir(), 'fedctl-'));
    caFile = join(directory, 'ca.pem');
    await writeFile(caFile, ca.pem);
  });

  afterAll(() => rm(directory, { recursive: true }));

  async function attempt(refuse: (host: string) => boolean, options = '') {
    const tls = await ca.issue([names.here, names.there]);
    const { here, there } = await replicaSet(names, { moved: true, tls });
    const outcome = await attemptLogin({
      uri: `mongodb://${names.here}:${here.port}/?replicaSet=rs0&tls=true&tlsCAFile=${encodeURIComponent(caFile)}${options}`,
      refuseMember: ({ host }) =>
        refuse(host) ? new FedctlError('config.host-refused', { message: `Not ${host}.` }) : null,
      timeoutMs: 60_000,
    });
    return { here, there, ...outcome };
  }

  test('keeps a member from being connected to, and its failure ends the login', async () => {
    const { here, there, path, failure } = await attempt((host) => host === names.there);
    expect(path).toBe('resolve pass, tcp pass, tls pass, hello fail');
    expect(failure).toMatchObject({ code: 'config.host-refused', message: 'Not b.example.net.' });
    expect(here.commands).not.toContain('saslStart');
    expect(there.accepted()).toBe(0);
  });

  test('does not hold for the host that was named', async () => {
    const { here, failure } = await attempt(() => true, '&readPreference=secondary');
    expect(failure).toBeNull();
    expect(here.commands).toContain('saslStart');
  });

  test('lets other members through', async () => {
    const { there, failure } = await attempt(() => false);
    expect(failure).toBeNull();
    expect(there.commands).toContain('saslStart');
  });
});
