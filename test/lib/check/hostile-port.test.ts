import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { type Diagnosis, diagnose, startHealthyLab, TOKEN } from '../../support/hostile-check.ts';
import * as hostile from '../../support/hostile-server.ts';
import { type Behavior, http } from '../../support/hostile-server.ts';

/** Servers that are no MongoDB at the address of the cluster. */

/** Everything before the cluster goes on, whatever it does. */
const UP_TO_TOKEN = ['aws.identity', 'sts.mint', 'jwt.signature', 'atlas.oidc.database-user'];

let lab: Lab;

beforeAll(async () => {
  lab = await startHealthyLab();
  await diagnose(lab.env);
});
afterAll(() => lab.close());

async function provoke(port: number, slow: boolean): Promise<Diagnosis> {
  const env = { ...lab.env, FEDCTL_URI: `mongodb://127.0.0.1:${port}/` };
  const diagnosis = await diagnose(env, '--timeout', slow ? '3s' : '20s');
  expect(diagnosis.with('pass')).toEqual(expect.arrayContaining(UP_TO_TOKEN));
  expect(diagnosis.seconds).toBeLessThan(12);
  return diagnosis;
}

function framed(length: number): Buffer {
  const bytes = Buffer.alloc(36);
  bytes.writeInt32LE(length, 0);
  bytes.writeInt32LE(2013, 12);
  return bytes;
}

const SILENT_HELLO = 'HOST accepted the connection, but did not respond to hello within 3 s.';
const CLOSED = 'HOST closed the connection instead of responding to hello.';
const STRANGE = 'HOST responded to hello with data that does not follow the MongoDB wire protocol.';
const WEB = 'HOST responded to hello with HTTP.';

describe('in the place of the cluster', () => {
  type Row = readonly [
    what: string,
    behave: Behavior,
    id: string,
    code: string,
    says: string,
    remedy: RegExp,
  ];
  const hello = (
    what: string,
    behave: Behavior,
    says: string,
    remedy = /^nc -vz -w 5 127\.0\.0\.1 \d+$/,
  ): Row => [what, behave, 'mongo.hello', 'mongo.hello-failed', says, remedy];
  const rows: readonly Row[] = [
    ['is silent', hostile.silent, 'mongo.hello', 'mongo.hello-timeout', SILENT_HELLO, /TLS\.$/],
    hello('closes', hostile.closes, CLOSED),
    hello('closes when asked', hostile.afterFirstBytes(hostile.closes), CLOSED),
    hello('resets when asked', hostile.afterFirstBytes(hostile.resets), CLOSED),
    hello('answers garbage', hostile.answers(Buffer.alloc(64, 0x80)), STRANGE),
    hello('greets as SMTP does', (socket) => socket.write('220 mail ready\r\n'), STRANGE),
    hello(
      'answers HTTP and closes',
      hostile.answers(http(400)),
      WEB,
      /^curl -v http:\/\/127\.0\.0\.1:\d+\/$/,
    ),
    hello(
      'answers HTTP and stays',
      hostile.stallsAfter(http(200, {}, 'hello')),
      WEB,
      /^curl -v http:\/\/127\.0\.0\.1:\d+\/$/,
    ),
    hello(
      'wants TLS',
      hostile.answers(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])),
      'HOST responded to hello with a TLS alert.',
      /^Add tls=true/,
    ),
    // The driver alone would fill the memory with the first two, and wait for the others.
    hello('answers with a length of 0', hostile.stallsAfter(framed(0)), STRANGE),
    hello('answers with a length of 5', hostile.stallsAfter(framed(5)), STRANGE),
    hello('answers with a negative length', hostile.stallsAfter(framed(-1)), STRANGE),
    hello('answers with a length of 2 GiB', hostile.stallsAfter(framed(2 ** 31 - 1)), STRANGE),
    hello('answers with a length of 100 MB', hostile.stallsAfter(framed(100_000_000)), STRANGE),
  ];
  test.concurrent.each(rows)('a server that %s', async (_what, behave, id, code, says, remedy) => {
    const server = await hostile.hostileServer(behave);
    try {
      const host = `127.0.0.1:${server.port}`;
      const { exit, first } = await provoke(server.port, /timeout/.test(code));
      expect({ exit, id: first?.id, code: first?.code, says: first?.detail?.replace(host, 'HOST') }).toEqual({
        exit: 5,
        id,
        code,
        says,
      });
      expect(first?.command ?? first?.remedy).toMatch(remedy);
      expect(server.received()).not.toMatch(TOKEN);
    } finally {
      await server.close();
    }
  });

  test.concurrent('a server that resets at once: in time for the dial, or for hello', async () => {
    const server = await hostile.hostileServer(hostile.resets);
    try {
      const { exit, first } = await provoke(server.port, false);
      expect(exit).toBe(5);
      expect([
        [
          'mongo.port-closed',
          'The server, or a firewall or proxy in front of it, does not accept connections from this machine.',
        ],
        [
          'mongo.hello-failed',
          'A server accepted the connection but did not return the hello response of a MongoDB server.',
        ],
      ]).toContainEqual([first?.code, first?.cause]);
    } finally {
      await server.close();
    }
  });
});
