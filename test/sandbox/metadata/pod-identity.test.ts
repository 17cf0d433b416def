import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromHttp } from '@aws-sdk/credential-providers';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { startPlatform } from '../../../src/sandbox/metadata/platform.ts';
import type { Platform } from '../../../src/sandbox/metadata/running-platform.ts';
import { type LabUnderTest, OWN_ACCOUNT, startLabAws } from '../../support/lab-aws.ts';

let lab: LabUnderTest;
let pod: Platform;
let directory: string;
/** Of the agent, in milliseconds ahead of the lab. */
let ahead = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
  lab = await startLabAws();
  const { world, log } = lab;
  const now = () => new Date(lab.now().getTime() + ahead);
  pod = await startPlatform('eks-pod-identity', {
    world,
    log,
    now,
    region: 'eu-central-1',
    directory,
    tls: undefined,
  });
});

afterEach(() => {
  ahead = 0;
  vi.unstubAllEnvs();
});

afterAll(async () => {
  await pod.close();
  await lab.aws.close();
  rmSync(directory, { recursive: true });
});

const tokenFile = () => pod.env['AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE'] ?? '';
const token = () => readFileSync(tokenFile(), 'utf8');

async function ask(authorization: string) {
  const answer = await fetch(pod.env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? '', {
    headers: { authorization },
  });
  return { status: answer.status, body: (await answer.json()) as unknown };
}

test('a pod has a private token for the agent', () => {
  expect(statSync(tokenFile()).mode & 0o777).toBe(0o600);
  const { aud, sub, exp = 0, iat = 0 } = decodeJwt(token());
  expect({ aud, sub, life: exp - iat }).toEqual({
    aud: ['pods.eks.amazonaws.com'],
    sub: 'system:serviceaccount:default:app',
    life: 86_400,
  });
});

test('the agent gives the real SDK keys of the role, with the tags of the pod', async () => {
  for (const [name, value] of Object.entries(pod.env)) vi.stubEnv(name, value);
  const { accessKeyId } = await fromHttp()();
  const { 'kubernetes.io': claims } = decodeJwt(token()) as { 'kubernetes.io': { pod: { name: string } } };
  expect(lab.world.holderOf(accessKeyId)).toMatchObject({
    principal: { arn: `arn:aws:iam::${OWN_ACCOUNT}:role/app` },
    sessionName: expect.stringMatching(new RegExp(`^eks-lab-${claims.pod.name}-[0-9a-f-]{36}$`)),
    tags: {
      'eks-cluster-arn': `arn:aws:eks:eu-central-1:${OWN_ACCOUNT}:cluster/lab`,
      'eks-cluster-name': 'lab',
      'kubernetes-namespace': 'default',
      'kubernetes-pod-name': claims.pod.name,
      'kubernetes-service-account': 'app',
    },
  });
});

test('the agent says the account beside the keys', async () => {
  expect(await ask(token())).toEqual({
    status: 200,
    body: {
      AccountId: OWN_ACCOUNT,
      AccessKeyId: expect.stringMatching(/^ASIA[A-Z2-7]{16}$/),
      SecretAccessKey: expect.stringMatching(/^.{40}$/),
      Token: expect.stringMatching(/^.{380}$/),
      Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    },
  });
});

test('the agent refuses a token of its cluster that has expired, and one that it did not issue', async () => {
  const refused = {
    status: 401,
    body: { Code: 'AccessDenied', Message: 'The authorization token is missing or invalid.' },
  };
  const old = token();
  expect(await ask(`${old}x`)).toEqual(refused);
  ahead = 86_400_000;
  expect(await ask(old)).toEqual(refused);
});
