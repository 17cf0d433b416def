import { expect, test } from 'vitest';
import { type ConnectRequest, connect, planConnect } from '../../../src/lib/auth/connect.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import type { LoginPlan, Mongo, StageId } from '../../../src/lib/ports/mongo.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { latch } from '../../support/latch.ts';
import { memoryContext } from '../../support/memory-context.ts';
import { failure, scriptedAws } from '../../support/scripted-aws.ts';

const REQUEST: ConnectRequest = {
  uri: parseConnectionString('mongodb://localhost:1/'),
  mechanism: 'oidc',
  audience: 'my-atlas',
  signingAlgorithm: 'RS256',
  durationSeconds: 300,
  tokenFile: null,
  role: null,
  writeProbe: null,
  dnsServer: null,
  explain: false,
};

interface Dial {
  readonly plan: LoginPlan;
  readonly pass: (id: StageId) => void;
  /** Fulfilled when STS is asked for a token. */
  readonly minting: Promise<void>;
}

/** Logs in to a MongoDB that the test plays. */
async function login(dial: (given: Dial) => Promise<unknown>, mfa = false) {
  const { aws, calls } = scriptedAws({ federation: 'enabled' });
  const minting = latch();
  const told: string[] = [];
  const mongo: Mongo = {
    async login(plan, observe) {
      const pass = (id: StageId) => {
        told.push(id);
        observe({ id, status: 'pass', startedAt: new Date(0), ms: 0, detail: '' });
      };
      await dial({ plan, pass, minting: minting.promise });
      return { user: 'u', roles: [], privileges: null };
    },
    hold: () => Promise.reject(new Error('not called')),
  };
  const context = memoryContext({
    mongo: async () => mongo,
    async aws(settings) {
      const own = await aws(settings);
      return {
        ...own,
        async sts() {
          await settings.mfaCode?.('arn:aws:iam::123456789012:mfa/alice');
          minting.resolve();
          return own.sts();
        },
      };
    },
  });
  const mfaCode = async () => {
    told.push('question');
    return new Secret('123456');
  };
  const plan = await planConnect(context, { timeoutMs: 1000, ...(mfa && { mfaCode }) }, REQUEST);
  const [result] = await connect(context, plan, () => {});
  return { code: result?.failure?.code ?? null, calls, told };
}

/** As long as it takes until everything that could be done was done. */
const idle = () => new Promise((resolve) => setImmediate(resolve));

test('STS is asked for a token while the server is dialled, and once', async () => {
  const run = await login(async ({ plan, pass, minting }) => {
    await minting;
    pass('hello');
    await plan.tokenSource?.get();
  });
  expect(run).toEqual({ code: null, calls: ['getWebIdentityToken'], told: ['hello'] });
});

test('a server that wants another token is given a new one', async () => {
  const { calls } = await login(async ({ plan }) => {
    await plan.tokenSource?.get();
    await plan.tokenSource?.get();
  });
  expect(calls).toEqual(['getWebIdentityToken', 'getWebIdentityToken']);
});

test('an MFA code is asked for once a server responded', async () => {
  const run = await login(async ({ plan, pass }) => {
    pass('tcp');
    await idle();
    pass('hello');
    await plan.tokenSource?.get();
  }, true);
  expect(run).toEqual({
    code: null,
    calls: ['getWebIdentityToken'],
    told: ['tcp', 'hello', 'question'],
  });
});

test('and not at all where none does', async () => {
  const run = await login(async ({ pass }) => {
    pass('resolve');
    await idle();
    throw failure('mongo.connect-timeout');
  }, true);
  expect(run).toEqual({ code: 'mongo.connect-timeout', calls: [], told: ['resolve'] });
});
