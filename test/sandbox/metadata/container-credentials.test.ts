import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromContainerMetadata, fromHttp } from '@aws-sdk/credential-providers';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startPlatform } from '../../../src/sandbox/metadata/platform.ts';
import type { Platform } from '../../../src/sandbox/metadata/running-platform.ts';
import { type LabUnderTest, OWN_ACCOUNT, startLabAws } from '../../support/lab-aws.ts';

let lab: LabUnderTest;
let task: Platform;
let uri: string;
let token: string;

beforeAll(async () => {
  lab = await startLabAws();
  const { world, log, now } = lab;
  task = await startPlatform('ecs', {
    world,
    log,
    now,
    region: 'eu-central-1',
    directory: '/nowhere',
    tls: undefined,
  });
  uri = task.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '';
  token = task.env['AWS_CONTAINER_AUTHORIZATION_TOKEN'] ?? '';
});

afterEach(() => {
  vi.unstubAllEnvs();
});

afterAll(async () => {
  await task.close();
  await lab.aws.close();
});

describe('the container credentials endpoint', () => {
  test('gives keys of the role to both providers of the real SDK', async () => {
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', uri);
    vi.stubEnv('AWS_CONTAINER_AUTHORIZATION_TOKEN', token);
    const [first, second] = await Promise.all([fromContainerMetadata()(), fromHttp()()]);
    expect(second.accessKeyId).toBe(first.accessKeyId);
    const session = lab.world.holderOf(first.accessKeyId);
    expect(session).toMatchObject({
      principal: { arn: `arn:aws:iam::${OWN_ACCOUNT}:role/app` },
      sessionName: expect.stringMatching(/^[0-9a-f]{32}$/),
      platformClaims: {},
    });
    expect(first.expiration?.getTime()).toBeGreaterThan(lab.now().getTime() + 5 * 3_600_000);
  });

  test('takes the token from a file too, as it stands there', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    const file = join(directory, 'token');
    const ask = fromHttp({
      awsContainerCredentialsFullUri: uri,
      awsContainerAuthorizationTokenFile: file,
      maxRetries: 0,
    });
    writeFileSync(file, token);
    expect((await ask()).accessKeyId).toMatch(/^ASIA/);
    writeFileSync(file, 'another');
    await expect(ask()).rejects.toMatchObject({
      message: 'Server responded with status: 401',
      Code: 'AccessDenied',
      Message: 'The authorization token is missing or invalid.',
    });
    rmSync(directory, { recursive: true });
  });

  test('answers all four members and the role', async () => {
    expect(await (await fetch(uri, { headers: { authorization: token } })).json()).toEqual({
      RoleArn: `arn:aws:iam::${OWN_ACCOUNT}:role/app`,
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
      Token: expect.stringMatching(/^.{380}$/),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
  });

  const refused = (Code: string, Message: string) => ({ Code, Message });
  const unauthorized = refused('AccessDenied', 'The authorization token is missing or invalid.');

  test.each([
    ['no token', {}, 401, unauthorized, 'HTTP 401: the Authorization header is missing'],
    [
      'another token',
      { headers: { authorization: 'x' } },
      401,
      unauthorized,
      'HTTP 401: the Authorization header is not valid for this container',
    ],
    [
      'a scheme before the token',
      { headers: { authorization: 'Bearer <token>' } },
      401,
      unauthorized,
      'HTTP 401: the Authorization header is not valid for this container',
    ],
    [
      'another method',
      { method: 'POST', headers: { authorization: '<token>' } },
      405,
      refused('MethodNotAllowed', 'Use GET to read credentials.'),
      'HTTP 405: Use GET to read credentials.',
    ],
  ])('refuses %s', async (_name, init: RequestInit, status, body, reason) => {
    const headers = Object.entries(init.headers ?? {}).map(([name, value]): [string, string] => [
      name,
      String(value).replace('<token>', token),
    ]);
    const answer = await fetch(uri, { ...init, headers });
    expect([answer.status, await answer.json(), lab.lastEntry()?.reason]).toEqual([status, body, reason]);
  });

  test('knows one path only', async () => {
    const answer = await fetch(`${uri}x`, { headers: { authorization: token } });
    expect([answer.status, await answer.json()]).toEqual([
      404,
      refused('NotFound', 'This path has no credentials.'),
    ]);
  });
});
