import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jwtOf } from '../support/fake-aws.ts';
import { runBin } from '../support/run-bin.ts';
import { startScriptedMongod } from '../support/scripted-mongod.ts';

let directory: string;
let tokenFile: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-'));
  tokenFile = join(directory, 'token');
  const payload = { iss: 'https://issuer.test', sub: 'system:app', aud: 'a', exp: 4_000_000_000 };
  await writeFile(tokenFile, jwtOf({ alg: 'RS256', kid: 'k' }, payload), { mode: 0o600 });
});

afterAll(() => rm(directory, { recursive: true }));

describe('the real binary, while the server is silent', () => {
  test.each([
    ['hello', 'SIGINT', 130],
    ['saslStart', 'SIGINT', 130],
    ['saslStart', 'SIGTERM', 143],
    ['connectionStatus', 'SIGINT', 130],
    ['insert', 'SIGINT', 130],
  ] as const)('at %s, stops within a second of %s', async (command, signal, code) => {
    let stop = () => {};
    let since = 0;
    const server = await startScriptedMongod({
      [command]: () => {
        since ||= Date.now();
        stop();
        return 'silence';
      },
    });
    const args = [
      'connect',
      '--uri',
      `mongodb://127.0.0.1:${server.port}/`,
      '--token-file',
      tokenFile,
      '--write-probe',
    ];
    const result = await runBin(args, {
      watch: (_seen, kill) => {
        stop = () => {
          kill(signal);
          // What does not stop is not waited for.
          setTimeout(() => kill('SIGKILL'), 3000).unref();
        };
      },
    });
    const took = Date.now() - since;
    await server.close();
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code, stderr: '' });
    expect(took).toBeLessThan(1000);
  });
});
