import { GetCallerIdentityCommand, GetWebIdentityTokenCommand } from '@aws-sdk/client-sts';
import { fromInstanceMetadata } from '@aws-sdk/credential-providers';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startPlatform } from '../../../src/sandbox/metadata/platform.ts';
import type { Platform } from '../../../src/sandbox/metadata/running-platform.ts';
import { type LabUnderTest, OWN_ACCOUNT, startLabAws } from '../../support/lab-aws.ts';

const TOKEN_URL = '/latest/api/token';
const KEYS_URL = '/latest/meta-data/iam/security-credentials/';
const TTL = 'x-aws-ec2-metadata-token-ttl-seconds';
const TOKEN = 'x-aws-ec2-metadata-token';

let lab: LabUnderTest;
let instance: Platform;

beforeAll(async () => {
  lab = await startLabAws();
  lab.world.setFederation(OWN_ACCOUNT, true);
  const { world, log, now } = lab;
  instance = await startPlatform('ec2', {
    world,
    log,
    now,
    region: 'eu-central-1',
    directory: '/nowhere',
    tls: undefined,
  });
});

beforeEach(() => {
  lab.clock.offset = 0;
  vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', instance.env['AWS_EC2_METADATA_SERVICE_ENDPOINT']);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await instance.close();
  await lab.aws.close();
});

function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${instance.env['AWS_EC2_METADATA_SERVICE_ENDPOINT']}${path}`, init);
}

async function tokenFor(seconds: number): Promise<string> {
  const answer = await ask(TOKEN_URL, { method: 'PUT', headers: { [TTL]: String(seconds) } });
  expect({ status: answer.status, ttl: answer.headers.get(TTL) }).toEqual({
    status: 200,
    ttl: String(seconds),
  });
  return await answer.text();
}

/** How a request was refused, and what the log says beside it. */
async function refusal(asking: Promise<Response>): Promise<readonly [number, string | undefined]> {
  const answer = await asking;
  expect(await answer.text()).toBe(
    `<html><head><title>${TITLES[answer.status]}</title></head><body><h1>${TITLES[answer.status]}</h1></body></html>\n`,
  );
  return [answer.status, lab.lastEntry()?.reason];
}

const TITLES: Readonly<Record<number, string>> = {
  400: '400 - Bad Request',
  401: '401 - Unauthorized',
  403: '403 - Forbidden',
  404: '404 - Not Found',
  405: '405 - Method Not Allowed',
};

describe('the instance metadata service', () => {
  test('gives the real SDK keys that mint a token with the claims of an EC2 instance', async () => {
    const keys = await fromInstanceMetadata()();
    const session = lab.world.holderOf(keys.accessKeyId);
    if (session === undefined || !('sessionToken' in session)) throw new Error('no session of the lab');
    const sts = lab.sts(session, 'eu-central-1');
    expect((await sts.send(new GetCallerIdentityCommand({}))).Arn).toBe(
      `arn:aws:sts::${OWN_ACCOUNT}:assumed-role/app/i-0fedc71ab00000001`,
    );
    const request = { Audience: ['x'], SigningAlgorithm: 'RS256' };
    const { WebIdentityToken } = await sts.send(new GetWebIdentityTokenCommand(request));
    expect(decodeJwt(WebIdentityToken ?? '')['https://sts.amazonaws.com/']).toEqual({
      aws_account: OWN_ACCOUNT,
      original_session_exp: keys.expiration?.toISOString().replace('.000', ''),
      source_region: 'eu-central-1',
      principal_id: `arn:aws:iam::${OWN_ACCOUNT}:role/app`,
      ec2_source_instance_arn: `arn:aws:ec2:eu-central-1:${OWN_ACCOUNT}:instance/i-0fedc71ab00000001`,
      ec2_instance_source_vpc: 'vpc-0fedc71ab00000002',
      ec2_instance_source_private_ipv4: '10.0.1.23',
      ec2_role_delivery: '2',
    });
  });

  test('answers what SDKs ask, with and without a slash at the end', async () => {
    const headers = { [TOKEN]: await tokenFor(60) };
    const text = async (path: string) => (await ask(path, { headers })).text();
    expect(await text(KEYS_URL)).toBe('app');
    expect(await text('/latest/meta-data/iam/security-credentials')).toBe('app');
    expect(JSON.parse(await text(`${KEYS_URL}app`))).toEqual({
      Code: 'Success',
      LastUpdated: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      Type: 'AWS-HMAC',
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
      Token: expect.stringMatching(/^.{380}$/),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    });
    expect(await text('/latest/meta-data/placement/region')).toBe('eu-central-1');
    expect(await text('/latest/meta-data/placement/availability-zone/')).toBe('eu-central-1a');
    expect(await text('/latest/meta-data/instance-id')).toBe('i-0fedc71ab00000001');
    expect(JSON.parse(await text('/latest/dynamic/instance-identity/document'))).toMatchObject({
      accountId: OWN_ACCOUNT,
      instanceId: 'i-0fedc71ab00000001',
      region: 'eu-central-1',
      privateIp: '10.0.1.23',
    });
  });

  test('refuses version 1', async () => {
    expect(await refusal(ask(KEYS_URL))).toEqual([
      401,
      'HTTP 401: the request has no token (version 1), but this instance requires version 2',
    ]);
  });

  test('refuses a token that it did not give, a changed one, and one that expired by its clock', async () => {
    const token = await tokenFor(60);
    const changed = token.replace(/^./, (first) => (first === 'm' ? 'n' : 'm'));
    for (const [sent, reason] of [
      ['AQAEAFedctl', 'this service did not issue the token'],
      [changed, 'this service did not issue the token'],
      [`${token}.x`, 'this service did not issue the token'],
      ['', 'this service did not issue the token'],
    ] as const) {
      expect(await refusal(ask(KEYS_URL, { headers: { [TOKEN]: sent } }))).toEqual([
        401,
        `HTTP 401: ${reason}`,
      ]);
    }
    lab.clock.offset = 59_000;
    expect((await ask(KEYS_URL, { headers: { [TOKEN]: token } })).status).toBe(200);
    lab.clock.offset = 61_000;
    const [status, reason] = await refusal(ask(KEYS_URL, { headers: { [TOKEN]: token } }));
    expect(status).toBe(401);
    expect(reason).toMatch(/^HTTP 401: the token expired at 20/);
  });

  test.each([
    ['no time to live', {}, 400, `HTTP 400: ${TTL} must be from 1 to 21600`],
    ['none', { [TTL]: '0' }, 400, `HTTP 400: ${TTL} must be from 1 to 21600`],
    ['more than six hours', { [TTL]: '21601' }, 400, `HTTP 400: ${TTL} must be from 1 to 21600`],
    ['what is no number', { [TTL]: '1e3' }, 400, `HTTP 400: ${TTL} must be from 1 to 21600`],
    [
      'a proxy on the way',
      { [TTL]: '60', 'x-forwarded-for': '10.0.0.9' },
      403,
      'HTTP 403: the request came through a proxy (X-Forwarded-For)',
    ],
  ])('gives no token for %s', async (_name, headers, status, reason) => {
    expect(await refusal(ask(TOKEN_URL, { method: 'PUT', headers }))).toEqual([status, reason]);
  });

  test('knows no other paths and methods', async () => {
    const headers = { [TOKEN]: await tokenFor(60) };
    expect(await refusal(ask('/latest/user-data', { headers }))).toEqual([
      404,
      'HTTP 404: this metadata does not exist',
    ]);
    expect(await refusal(ask(KEYS_URL, { method: 'POST', headers }))).toEqual([
      405,
      'HTTP 405: metadata is read-only',
    ]);
    expect(await refusal(ask(TOKEN_URL))).toEqual([405, 'HTTP 405: a request for a token must use PUT']);
  });

  test('renews the keys half an hour before they end, by the clock of the lab', async () => {
    const keysAt = async (minutes: number): Promise<{ AccessKeyId: string; Expiration: string }> => {
      lab.clock.offset = minutes * 60_000;
      const headers = { [TOKEN]: await tokenFor(60) };
      return JSON.parse(await (await ask(`${KEYS_URL}app`, { headers })).text());
    };
    const first = await keysAt(0);
    expect((await keysAt(300)).AccessKeyId).toBe(first.AccessKeyId);
    const next = await keysAt(331);
    expect(next.AccessKeyId).not.toBe(first.AccessKeyId);
    expect(Date.parse(next.Expiration) - lab.now().getTime()).toBeGreaterThan(5.9 * 3_600_000);
  });
});
