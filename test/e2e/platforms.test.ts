import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

/**
 * Tests the real binary on each platform of `fedctl sandbox --as`. It needs no further options and reports
 * the source of its credentials.
 */
describe.each([
  {
    platform: 'ec2',
    provider: 'instance-metadata',
    detail: 'instance metadata (role "app")',
    session: /^i-0fedc71ab00000001$/,
    region: { name: 'eu-central-1', source: 'instance metadata' },
    variables: ['AWS_EC2_METADATA_SERVICE_ENDPOINT'],
    claims: [
      'ec2_instance_source_private_ipv4',
      'ec2_instance_source_vpc',
      'ec2_role_delivery',
      'ec2_source_instance_arn',
    ],
  },
  {
    platform: 'ecs',
    provider: 'container',
    detail: 'container (AWS_CONTAINER_CREDENTIALS_FULL_URI)',
    session: /^[0-9a-f]{32}$/,
    region: { name: 'eu-central-1', source: 'AWS_REGION' },
    variables: [
      'AWS_CONTAINER_AUTHORIZATION_TOKEN',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_EXECUTION_ENV',
      'AWS_REGION',
    ],
    claims: [],
  },
  {
    platform: 'lambda',
    provider: 'environment',
    detail: 'environment (AWS_ACCESS_KEY_ID)',
    session: /^lab-function$/,
    region: { name: 'eu-central-1', source: 'AWS_REGION' },
    variables: [
      'AWS_ACCESS_KEY_ID',
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_EXECUTION_ENV',
      'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
      'AWS_LAMBDA_FUNCTION_NAME',
      'AWS_LAMBDA_FUNCTION_VERSION',
      'AWS_LAMBDA_INITIALIZATION_TYPE',
      'AWS_LAMBDA_LOG_GROUP_NAME',
      'AWS_LAMBDA_LOG_STREAM_NAME',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SESSION_TOKEN',
      'LAMBDA_RUNTIME_DIR',
      'LAMBDA_TASK_ROOT',
      'LANG',
      'TZ',
      '_HANDLER',
    ],
    claims: ['lambda_source_function_arn'],
  },
  {
    platform: 'eks',
    provider: 'web-identity',
    detail: 'web identity (AWS_WEB_IDENTITY_TOKEN_FILE, role arn:aws:iam::123456789012:role/app)',
    session: /^app-[0-9a-f]{10}$/,
    region: { name: 'eu-central-1', source: 'AWS_REGION' },
    variables: [
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_REGION',
      'AWS_ROLE_ARN',
      'AWS_ROLE_SESSION_NAME',
      'AWS_STS_REGIONAL_ENDPOINTS',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
    ],
    claims: ['federated_provider'],
  },
  {
    platform: 'eks-pod-identity',
    provider: 'container',
    detail: 'container (AWS_CONTAINER_CREDENTIALS_FULL_URI)',
    session: /^eks-lab-app-[0-9a-f]{10}-[0-9a-f-]{36}$/,
    region: { name: 'eu-central-1', source: 'AWS_REGION' },
    variables: [
      'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
      'AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'AWS_DEFAULT_REGION',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_REGION',
      'AWS_STS_REGIONAL_ENDPOINTS',
    ],
    claims: ['principal_tags'],
  },
])('fedctl sandbox --as $platform', ({ platform, provider, detail, session, region, variables, claims }) => {
  let lab: RunningLab;

  beforeAll(async () => {
    lab = await runLab('--as', platform);
  });

  afterAll(async () => {
    expect(await lab.stop()).toBe(0);
  });

  async function answer(schema: string, ...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await lab.run([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(schemaFaults(schema, document)).toEqual([]);
    return document;
  }

  test('sets what the platform sets, and what the lab needs', () => {
    expect(
      schemaFaults('sandbox', { schema: 'fedctl.sandbox/v1', env: lab.env, pid: lab.process.pid }),
    ).toEqual([]);
    const needed =
      /^(FEDCTL_.*|MONGODB_ATLAS_.*|AWS_ENDPOINT_URL_(STS|IAM)|AWS_CONFIG_FILE|AWS_SHARED_CREDENTIALS_FILE)$/;
    expect(
      Object.keys(lab.env)
        .filter((name) => !needed.test(name))
        .sort(),
    ).toEqual(variables);
  });

  test('whoami names the provider', async () => {
    const document = await answer('whoami', 'whoami');
    expect(document).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/app\//),
      subject: { arn: 'arn:aws:iam::123456789012:role/app' },
      credentials: { provider, detail, temporary: true },
      region,
      notes: [],
    });
    expect(String(document['arn']).split('/').at(-1)).toMatch(session);
  });

  test('token mints, with the claims of the platform', async () => {
    const { token } = await answer('token', 'token');
    const payload = decodeJwt(String(token));
    expect(payload.sub).toBe('arn:aws:iam::123456789012:role/app');
    const usual = ['aws_account', 'original_session_exp', 'principal_id', 'source_region'];
    expect(
      Object.keys(payload['https://sts.amazonaws.com/'] as object)
        .filter((name) => !usual.includes(name))
        .sort(),
    ).toEqual(claims);
  });

  test('connect logs in by both mechanisms', async () => {
    expect(await answer('connect', 'connect', '--mechanism', 'both')).toMatchObject({
      ok: true,
      mechanisms: [
        { user: expect.stringMatching(/^[0-9a-f]{24}\/arn:aws:iam::123456789012:role\/app$/) },
        { user: 'arn:aws:iam::123456789012:role/app' },
      ],
    });
  });

  test('ends within a second, although a request to it is only half there', async () => {
    const mortal = await runLab('--as', platform);
    const { env } = mortal;
    const { iss } =
      platform === 'eks' ? decodeJwt(readFileSync(env['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? '', 'utf8')) : {};
    const url =
      env['AWS_EC2_METADATA_SERVICE_ENDPOINT'] ?? env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? iss ?? null;
    const socket = url === null ? null : connect(Number(new URL(url).port), '127.0.0.1');
    socket?.on('error', () => {}).write('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n');
    if (socket !== null) await once(socket, 'connect');
    const since = performance.now();
    expect(await mortal.stop()).toBe(0);
    // The limit is one second. The test allows two seconds, because other tests run on the machine.
    expect(performance.now() - since).toBeLessThan(2000);
    socket?.destroy();
  });

  test('enable is not for a workload', async () => {
    const { code, stderr } = await lab.run(['enable', '--no-wait']);
    expect(code).toBe(4);
    expect(stderr).toContain('iam:EnableOutboundWebIdentityFederation');
  });
});
