import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { listenOnLoopback } from '../support/listen.ts';

const UNREACHABLE = {
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  AWS_REGION: 'eu-west-1',
  AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
};

it('tells causes where FEDCTL_VERBOSE asks for them', async () => {
  expect((await runInProcess(['whoami'], UNREACHABLE)).stderr).not.toContain('because:');
  expect((await runInProcess(['whoami'], { ...UNREACHABLE, FEDCTL_VERBOSE: '1' })).stderr).toContain(
    'because:',
  );
});

it('tells the cause under a failed check', async () => {
  const check = (...more: readonly string[]) =>
    runInProcess(['check', '--only', 'aws', ...more], UNREACHABLE);
  const cause = '\n      caused by: Error: connect ECONNREFUSED 127.0.0.1:1\n';
  expect((await check()).stdout).not.toContain('because:');
  expect((await check('--verbose')).stdout).toContain(cause);
});

it('does not read what stands behind --', async () => {
  const taken = createServer();
  const port = await listenOnLoopback(taken);
  const { code, stderr } = await runInProcess(
    ['sandbox', '--mongo-port', String(port), '--', 'true', '--verbose'],
    {},
  );
  taken.close();
  expect(code).toBe(2);
  expect(stderr).toContain('lab.port-taken');
  expect(stderr).not.toContain('because:');
});

it('prints a failure without color where FEDCTL_NO_COLOR says so', async () => {
  const said = async (env: Readonly<Record<string, string>>) =>
    (await runInProcess(['nope'], env, undefined, { terminal: true })).stderr;
  expect(await said({ TERM: 'xterm' })).toContain('\u001b[');
  expect(await said({ TERM: 'xterm', FEDCTL_NO_COLOR: '1' })).not.toContain('\u001b[');
});
