import { describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import type { Aws } from '../../src/lib/ports/aws.ts';
import { latch } from '../support/latch.ts';
import { memoryContext } from '../support/memory-context.ts';
import { failure, type Script, scriptedAws } from '../support/scripted-aws.ts';

/** An STS that answers only once IAM has been asked. */
async function run(name: string, script: Script) {
  const scripted = await scriptedAws(script).aws({ timeoutMs: 1000 });
  const asked = latch();
  const [sts, iam] = [await scripted.sts(), await scripted.iam()];
  const aws: Aws = {
    ...scripted,
    sts: async () => ({
      ...sts,
      async getCallerIdentity(signal) {
        await asked.promise;
        return sts.getCallerIdentity(signal);
      },
    }),
    iam: async () => ({
      ...iam,
      outboundFederationInfo(signal) {
        asked.resolve();
        return iam.outboundFederationInfo(signal);
      },
    }),
  };
  const context = memoryContext({ aws: async () => aws });
  return { code: await main([name, '--json'], context), said: context.stdout.text + context.stderr.text };
}

describe.each(['whoami', 'status'])('fedctl %s asks STS and IAM side by side', (name) => {
  test('and answers', async () => {
    const { code, said } = await run(name, {});
    expect([code, JSON.parse(said).schema]).toEqual([0, `fedctl.${name}/v1`]);
  });

  test('and fails as STS says, where both fail', async () => {
    const { code, said } = await run(name, {
      fail: {
        getCallerIdentity: failure('aws.credentials-expired'),
        outboundFederationInfo: failure('aws.throttled'),
      },
    });
    expect([code, JSON.parse(said).error.code]).toEqual([3, 'aws.credentials-expired']);
  });
});
