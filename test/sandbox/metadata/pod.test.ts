import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromTokenFile } from '@aws-sdk/credential-providers';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startCluster } from '../../../src/sandbox/metadata/cluster.ts';
import { startPlatform } from '../../../src/sandbox/metadata/platform.ts';
import { projectToken } from '../../../src/sandbox/metadata/projected-token.ts';
import type { Platform } from '../../../src/sandbox/metadata/running-platform.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { type LabUnderTest, OWN_ACCOUNT, startLabAws } from '../../support/lab-aws.ts';

let lab: LabUnderTest;
let pod: Platform;
let directory: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
  lab = await startLabAws();
  const { world, log, now } = lab;
  pod = await startPlatform('eks', {
    world,
    log,
    now,
    region: 'eu-central-1',
    directory,
    tls: undefined,
    network: undefined,
  });
});

afterAll(async () => {
  await pod.close();
  await lab.aws.close();
  rmSync(directory, { recursive: true });
});

function tokenOf(platform: Platform): string {
  return readFileSync(platform.env['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? '', 'utf8');
}

function assumeWith(token: string) {
  const sts = new STSClient({ region: 'eu-central-1', endpoint: lab.aws.stsUrl, maxAttempts: 1 });
  const role = { RoleArn: `arn:aws:iam::${OWN_ACCOUNT}:role/app`, RoleSessionName: 'test' };
  return sts.send(new AssumeRoleWithWebIdentityCommand({ ...role, WebIdentityToken: token }));
}

describe('a pod on EKS', () => {
  test('has a token that its cluster issued for STS, in a file of its own without a newline', () => {
    const file = pod.env['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? '';
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(tokenOf(pod)).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(decodeProtectedHeader(tokenOf(pod))).toEqual({
      alg: 'RS256',
      kid: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
    const payload = decodeJwt(tokenOf(pod));
    expect(payload).toEqual({
      aud: ['sts.amazonaws.com'],
      exp: (payload.iat ?? 0) + 86_400,
      iat: expect.any(Number),
      iss: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/id\/[0-9A-F]{32}$/),
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      'kubernetes.io': {
        namespace: 'default',
        node: { name: 'lab-node' },
        pod: { name: pod.env['AWS_ROLE_SESSION_NAME'] },
        serviceaccount: { name: 'app' },
      },
      nbf: payload.iat,
      sub: 'system:serviceaccount:default:app',
    });
  });

  test('can be believed through discovery, and a changed token cannot', async () => {
    const { iss = '' } = decodeJwt(tokenOf(pod));
    const discovery = JSON.parse(
      await (await fetch(`${iss}/.well-known/openid-configuration`)).text(),
    ) as Record<string, string>;
    expect(discovery).toMatchObject({ issuer: iss, jwks_uri: `${iss}/keys` });
    const keys = JSON.parse(await (await fetch(discovery['jwks_uri'] ?? '')).text()) as JSONWebKeySet;
    expect(Object.keys(keys.keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const keySet = createLocalJWKSet(keys);
    await jwtVerify(tokenOf(pod), keySet, { issuer: iss, audience: 'sts.amazonaws.com' });
    const changed = tokenOf(pod).replace(/\.(.)/, (_all, first) => `.${first === 'e' ? 'f' : 'e'}`);
    await expect(jwtVerify(changed, keySet)).rejects.toMatchObject({
      code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED',
    });
    expect((await fetch(`${iss}/elsewhere`)).status).toBe(404);
  });

  test('assumes the role through the real SDK, and its tokens say who vouched for it', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_STS', lab.aws.stsUrl);
    for (const [name, value] of Object.entries(pod.env)) vi.stubEnv(name, value);
    const keys = await fromTokenFile()();
    expect(lab.world.holderOf(keys.accessKeyId)).toMatchObject({
      principal: { name: 'app' },
      sessionName: pod.env['AWS_ROLE_SESSION_NAME'],
      federatedProvider: lab.world.account(OWN_ACCOUNT).oidcProviders[0]?.arn,
      platformClaims: {},
    });
    vi.unstubAllEnvs();
  });

  test.each([
    ['another service account', { serviceAccount: 'other' }, 'sts.amazonaws.com', 'AccessDenied'],
    ['another namespace', { namespace: 'kube-system' }, 'sts.amazonaws.com', 'AccessDenied'],
    ['another audience', {}, 'https://kubernetes.default.svc', 'InvalidIdentityToken'],
  ])('is refused as %s', async (_name, change, audience, code) => {
    const { log, now } = lab;
    const cluster = await startCluster({ log, now, tls: undefined, network: undefined });
    lab.world.trustIssuer({
      accountId: OWN_ACCOUNT,
      issuer: cluster.issuer,
      audiences: ['sts.amazonaws.com'],
      roles: [{ name: 'app', subject: 'system:serviceaccount:default:app' }],
    });
    const good = { namespace: 'default', serviceAccount: 'app', name: 'p', node: 'n' };
    const token = await cluster.issueToken({ ...good, ...change }, audience, 600);
    await expect(assumeWith(token)).rejects.toMatchObject({ Code: code });
    expect(await assumeWith(await cluster.issueToken(good, 'sts.amazonaws.com', 600))).toMatchObject({
      SubjectFromWebIdentityToken: 'system:serviceaccount:default:app',
    });
    await cluster.close();
  });

  test('runs as a role whose account trusts the cluster', () => {
    const { iss = '' } = decodeJwt(tokenOf(pod));
    expect(lab.world.account(OWN_ACCOUNT).oidcProviders).toContainEqual({
      arn: `arn:aws:iam::${OWN_ACCOUNT}:oidc-provider/${iss.replace('http://', '')}`,
      issuer: iss,
      audiences: ['sts.amazonaws.com'],
    });
    expect(pod.env).toEqual({
      AWS_WEB_IDENTITY_TOKEN_FILE: join(directory, 'eks-token'),
      AWS_ROLE_ARN: `arn:aws:iam::${OWN_ACCOUNT}:role/app`,
      AWS_ROLE_SESSION_NAME: expect.stringMatching(/^app-[0-9a-f]{10}$/),
      AWS_STS_REGIONAL_ENDPOINTS: 'regional',
      AWS_REGION: 'eu-central-1',
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  });
});

test('a lab without the role that workloads have plays no platform', async () => {
  const { aws, world, log, now } = await startLabAws();
  world.remove(world.role('app').arn);
  const options = { world, log, now, region: 'eu-central-1', directory, tls: undefined };
  await expect(startPlatform('ec2', options)).rejects.toMatchObject({
    code: 'lab.unknown-name',
    message: 'The lab has no role "app". Workloads on ec2 use this role.',
  });
  await aws.close();
});

test('a projected token is replaced when four fifths of its life are over', async () => {
  const { now, pass } = fakeClock();
  const path = join(directory, 'projected');
  let issued = 0;
  const token = await projectToken({ path, lifeSeconds: 1000, now, issue: async () => `token-${++issued}` });
  pass(799_000);
  await token.refresh();
  expect(readFileSync(path, 'utf8')).toBe('token-1');
  pass(1000);
  await Promise.all([token.refresh(), token.refresh()]);
  expect(readFileSync(path, 'utf8')).toBe('token-2');
  await token.close();
});
