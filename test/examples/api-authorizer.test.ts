import { join } from 'node:path';
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';
import { type AuthorizerPolicy, startApiGateway } from '../support/api-gateway.ts';
import { example } from '../support/example-commands.ts';
import { buildExample } from '../support/example-program.ts';
import {
  type Code,
  type LambdaFunction,
  nodeCode,
  pythonCode,
  startFunction,
} from '../support/lambda-function.ts';
import { pythonWith } from '../support/python.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';

const python = await pythonWith('examples/api-authorizer/python/requirements.txt');

const ROLE = 'arn:aws:iam::123456789012:role/app';
const AUDIENCE = 'my-api';

interface Language {
  readonly language: string;
  readonly installed: boolean;
  code(module: string): Promise<Code>;
}

const LANGUAGES: readonly Language[] = [
  {
    language: 'Python',
    installed: python !== null,
    code: async (module) => pythonCode(python ?? '', join(ROOT, 'examples/api-authorizer/python'), module),
  },
  {
    language: 'TypeScript',
    installed: true,
    code: async (module) => nodeCode(ROOT, await buildExample(`api-authorizer/typescript/${module}.ts`)),
  },
];

const event = (name: string) => JSON.parse(example(`api-authorizer/events/${name}.json`));

/** An authorizer that trusts a lab whose clock was two minutes behind, and a token of that time that lived for one. */
async function authorizerOfThePast(code: Language['code']) {
  const lab = await runLab();
  await lab.run(['sandbox', 'clock', '--behind', '2m']);
  await lab.run(['enable', '--no-wait']);
  await lab.run(['sandbox', 'clock', '--behind', '100s']);
  const sts = new STSClient({
    region: 'eu-central-1',
    endpoint: lab.env['AWS_ENDPOINT_URL_STS'] ?? '',
    credentials: {
      accessKeyId: lab.env['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: lab.env['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  });
  const { WebIdentityToken } = await sts.send(
    new GetWebIdentityTokenCommand({ Audience: [AUDIENCE], DurationSeconds: 60, SigningAlgorithm: 'RS256' }),
  );
  await lab.run(['sandbox', 'clock', '--reset']);
  const authorizer = startFunction(await code('authorizer'), {
    AUDIENCE,
    ISSUER_URL: lab.env['FEDCTL_ISSUER'] ?? '',
    ALLOWED_SUBJECTS: 'arn:aws:iam::123456789012:user/operator',
  });
  return {
    expired: `Bearer ${WebIdentityToken}`,
    invoke: async (authorizationToken: string) =>
      (await authorizer.invoke({ ...event('authorizer'), authorizationToken })) as AuthorizerPolicy,
    log: authorizer.log,
    async stop() {
      await authorizer.stop();
      await lab.stop();
    },
  };
}

describe.each(LANGUAGES)('the API worker and the Lambda authorizer in $language', ({ installed, code }) => {
  let lab: RunningLab;
  let gateway: Awaited<ReturnType<typeof startApiGateway>>;
  let worker: LambdaFunction;
  let authorizer: LambdaFunction;
  const running: LambdaFunction[] = [];

  beforeAll(async () => {
    if (!installed) return;
    lab = await runLab('--as', 'lambda');
    const start = async (module: string, env: Record<string, string>) => {
      const started = startFunction(await code(module), { ...lab.env, ...env });
      running.push(started);
      return started;
    };
    authorizer = await start('authorizer', {
      AUDIENCE,
      ISSUER_URL: lab.env['FEDCTL_ISSUER'] ?? '',
      ALLOWED_SUBJECTS: `arn:aws:iam::123456789012:role/other,${ROLE}`,
    });
    const backend = await start('api', {});
    gateway = await startApiGateway({
      authorizer,
      backend,
      authorizerEvent: event('authorizer'),
      backendEvent: event('api'),
    });
    worker = await start('worker', { API_ENDPOINT: gateway.url, AUDIENCE });
  });

  afterAll(async () => {
    if (!installed) return;
    await gateway.close();
    for (const each of running) await each.stop();
    await lab.stop();
  });

  const tokenFor = async (audience: string, ...options: readonly string[]) =>
    (await lab.run(['token', '--audience', audience, ...options])).stdout.trim();
  const token = (...options: readonly string[]) => tokenFor(AUDIENCE, ...options);

  const call = async (authorization: string | null) => {
    const response = await fetch(gateway.url, authorization === null ? {} : { headers: { authorization } });
    return { status: response.status, body: await response.json() };
  };

  const DENIED = {
    status: 403,
    body: { Message: 'User is not authorized to access this resource with an explicit deny' },
  };

  test.skipIf(!installed)('the worker calls the API, which learns who calls', async () => {
    for (const request of ['request-0', 'request-1']) {
      expect(await worker.invoke({})).toEqual({
        statusCode: 200,
        body: expect.stringContaining(request),
      });
    }
    const { body } = (await worker.invoke({})) as { body: string };
    expect(JSON.parse(body)).toEqual({ api_response: { caller: ROLE }, request_id: 'request-2' });
  });

  test.skipIf(!installed)('a token of an allowed role is allowed, for this method', async () => {
    const header = `Bearer ${await token()}`;
    expect(await authorizer.invoke({ ...event('authorizer'), authorizationToken: header })).toEqual({
      principalId: ROLE,
      policyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event('authorizer').methodArn },
        ],
      },
      context: { sub: ROLE },
    });
    expect(await call(header.replace('Bearer', 'bearer'))).toEqual({ status: 200, body: { caller: ROLE } });
  });

  test.skipIf(!installed)('a valid token of another role is denied', async () => {
    const other = ['--role-arn', 'arn:aws:iam::123456789012:role/team/data/etl'];
    const minted = await token(...other, '--external-id', 'lab-external-id');
    expect(minted).toMatch(/^eyJ/);
    expect(await call(`Bearer ${minted}`)).toEqual(DENIED);
    expect(authorizer.log()).toContain('Subject not allowed: arn:aws:iam::123456789012:role/team/data/etl');
  });

  test.skipIf(!installed)('a token for another audience is denied', async () => {
    expect(await call(`Bearer ${await tokenFor('another-api')}`)).toEqual(DENIED);
  });

  test.skipIf(!installed)('an expired token is denied', async () => {
    const { invoke, log, expired, stop } = await authorizerOfThePast(code);
    const { policyDocument, principalId } = await invoke(expired);
    await stop();
    expect([policyDocument.Statement[0]?.Effect, principalId]).toEqual(['Deny', 'unknown']);
    expect(log()).toMatch(/Token rejected: .*(expired|"exp" claim timestamp check failed)/);
  });

  test.skipIf(!installed)('a token that was signed by another key is denied', async () => {
    const [header, payload, signature = ''] = (await token()).split('.');
    const forged = Buffer.from(signature, 'base64url');
    forged[20] = (forged[20] ?? 0) ^ 1;
    expect(await call(`Bearer ${header}.${payload}.${forged.toString('base64url')}`)).toEqual(DENIED);
  });

  test.skipIf(!installed)('a token with another algorithm is denied', async () => {
    expect(await call(`Bearer ${await token('--signing-algorithm', 'ES384')}`)).toEqual(DENIED);
    const [, payload] = (await token()).split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    expect(await call(`Bearer ${none}.${payload}.`)).toEqual(DENIED);
  });

  test.skipIf(!installed)('a request without a token is rejected, and another scheme is denied', async () => {
    expect(await call(null)).toEqual({ status: 401, body: { message: 'Unauthorized' } });
    expect(await call(`Basic ${await token()}`)).toEqual(DENIED);
    expect(await call('Bearer')).toEqual(DENIED);
  });

  test.skipIf(!installed)('no log holds a token', async () => {
    await call(`Bearer ${await tokenFor('another-api')}`);
    for (const each of running) expect(each.log()).not.toContain('eyJ');
  });
});
