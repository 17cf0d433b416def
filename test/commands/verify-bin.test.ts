import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AUDIENCE, awsPayload, type ForgedKey, forgeKey, raw, sign } from '../support/forge.ts';
import { DISCOVERY, type IssuerServer, startIssuer } from '../support/issuer-server.ts';
import { BIN, runBin } from '../support/run-bin.ts';

let key: ForgedKey;
let server: IssuerServer;
let env: Record<string, string>;

beforeAll(async () => {
  key = await forgeKey('ES384', 'EC384_0');
  server = await startIssuer([key.jwk]);
  env = { FEDCTL_ISSUER: server.issuer, FEDCTL_AUDIENCE: AUDIENCE };
});

afterAll(() => server[Symbol.asyncDispose]());

/** The real clock runs here. */
function freshToken(): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return sign(key, awsPayload({ iss: server.issuer, iat: now, exp: now + 300 }));
}

it('the binary proves a token from stdin, which is read because it is no terminal', async () => {
  const { code, stdout, stderr } = await runBin(['verify'], { env, input: await freshToken() });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^valid\n {2}issuer {4}http:\/\/127\.0\.0\.1:\d+\n/);
});

it('the binary ends within a second when it is interrupted while the issuer is silent', async () => {
  const silent = `${server.issuer}/silent`;
  const now = Math.floor(Date.now() / 1000);
  const input = await sign(key, awsPayload({ iss: silent, exp: now + 300 }));
  const child = spawn(process.execPath, [BIN, 'verify'], {
    env: { ...env, FEDCTL_ISSUER: silent, HOME: '/nonexistent' },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  let killedAt = 0;
  server.answers.set(`/silent${DISCOVERY}`, () => {
    killedAt = performance.now();
    child.kill('SIGINT');
  });
  child.stdin.end(input);
  expect(await once(child, 'close')).toEqual([130, null]);
  expect(killedAt).toBeGreaterThan(0);
  expect(performance.now() - killedAt).toBeLessThan(1000);
});

it('the binary reads what <(…) of a shell gives it', async () => {
  const token = raw({ alg: 'none' }, { sub: 'x' });
  const script = `"${process.execPath}" "${BIN}" decode <(printf %s "${token}")`;
  const { stdout } = await promisify(execFile)('bash', ['-c', script]);
  expect(stdout).toBe('Header\n  algorithm (alg)  none\n\nClaims\n  subject (sub)    x\n');
});
