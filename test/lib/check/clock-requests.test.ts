import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CheckLab, type Environment, startCheckLab, WITHOUT_ATLAS } from '../../support/check-lab.ts';
import { fetch } from '../../support/fetch.ts';

/** The requests that a run sends only to read the clock of a server: GET / without credentials. */

let lab: CheckLab;

beforeAll(async () => {
  lab = await startCheckLab();
});
afterAll(() => lab[Symbol.asyncDispose]());

const host = (variable: string, env: Environment = lab.lab.env) => new URL(env[variable] ?? '').host;
const sts = () => host('AWS_ENDPOINT_URL_STS');
const iam = () => host('AWS_ENDPOINT_URL_IAM');
const issuer = () => host('FEDCTL_ISSUER');
const atlas = () => host('MONGODB_ATLAS_OPS_MANAGER_URL');

/** @returns the hosts that received such a request, and the result of aws.clock */
async function asked(args: readonly string[] = [], env: Environment = {}) {
  const hosts: string[] = [];
  const { of } = await lab.answer(args, env, {
    fetch: async (url, request) => {
      if (url.pathname === '/' && (request.method ?? 'GET') === 'GET') hosts.push(url.host);
      return await fetch(url, request);
    },
  });
  const { status, detail } = of('aws.clock') ?? {};
  return { hosts: hosts.sort(), said: `${status}: ${detail}` };
}

const compared = (...hosts: readonly string[]) => `pass: compared with ${hosts.join(' and ')}`;

describe('the clock of a server', () => {
  test('is read from the responses to the other checks', async () => {
    expect(await asked()).toEqual({ hosts: [], said: compared(sts(), issuer(), atlas()) });
  });

  test('is read from the responses to the other checks if the target does not name the issuer', async () => {
    const env = { FEDCTL_ISSUER: undefined };
    expect(await asked([], env)).toEqual({ hosts: [], said: compared(sts(), issuer(), atlas()) });
  });

  test('is read from a response that rejects the request', async () => {
    const env = { AWS_SECRET_ACCESS_KEY: 'wrong' };
    expect(await asked([], env)).toEqual({ hosts: [], said: compared(sts(), issuer(), atlas()) });
  });

  test('is read from IAM if there is no issuer', async () => {
    const env = { FEDCTL_ISSUER: undefined, FEDCTL_AUDIENCE: undefined, ...WITHOUT_ATLAS };
    const args = ['--mechanism', 'aws'];
    expect(await asked(args, env)).toEqual({ hosts: [iam()], said: compared(sts(), iam()) });
  });

  test('is requested if no other check runs', async () => {
    expect(await asked(['--only', 'aws.clock'])).toEqual({
      hosts: [sts(), issuer(), atlas()].sort(),
      said: compared(sts(), issuer(), atlas()),
    });
  });

  test('is requested if the check that sends requests to the server is skipped', async () => {
    const said = compared(sts(), issuer(), atlas());
    expect(await asked(['--skip', 'aws.identity'])).toEqual({ hosts: [sts()], said });
    expect(await asked(['--skip', 'issuer'])).toEqual({ hosts: [issuer()], said });
    expect(await asked(['--skip', 'atlas'])).toEqual({ hosts: [atlas()], said });
  });

  test('is not requested if the server did not respond to the check', async () => {
    const closed = 'http://127.0.0.1:1';
    const env = { FEDCTL_ATLAS_URL: closed, AWS_ENDPOINT_URL_STS: closed };
    expect(await asked([], env)).toEqual({ hosts: [], said: compared(issuer()) });
  });
});
