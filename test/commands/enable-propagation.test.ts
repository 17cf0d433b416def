import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runInProcess } from '../support/in-process.ts';
import { type LabUnderTest, OWN_ACCOUNT, startLabAws } from '../support/lab-aws.ts';

let lab: LabUnderTest;
beforeEach(async () => {
  lab = await startLabAws({ propagationMs: 10_000 });
});
afterEach(() => lab.aws.close());

/** Runs fedctl against a lab whose STS follows IAM after ten seconds; sleeping moves the lab's clock and takes no time. */
function run(...args: readonly string[]) {
  const { accessKeyId, secretAccessKey } = lab.world.user('operator');
  const env = {
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey.reveal(),
    AWS_ENDPOINT_URL_STS: lab.aws.stsUrl,
    AWS_ENDPOINT_URL_IAM: lab.aws.iamUrl,
  };
  return runInProcess(args, env, '', {
    now: lab.now,
    async sleep(ms) {
      lab.clock.offset += ms;
    },
  });
}

/** What STS answered to the mints, without repetition. */
function mints(): string[] {
  const answers = lab.log
    .entries()
    .filter(({ action }) => action === 'GetWebIdentityToken')
    .map(({ decision, reason }) => (decision === 'allowed' ? 'minted' : (reason.split(':')[0] ?? '')));
  return answers.filter((answer, index) => answer !== answers[index - 1]);
}

describe('while STS follows IAM by ten seconds', () => {
  test('enable waits through the refusals and the passing 500s', async () => {
    const { code, stdout } = await run('enable', '--json');
    expect(code).toBe(0);
    expect(mints()).toEqual(['OutboundWebIdentityFederationDisabledException', 'InternalFailure', 'minted']);
    const document = JSON.parse(stdout) as { propagation: { outcome: string; ms: number } };
    expect(document.propagation.outcome).toBe('minting');
    // The lab's clock runs in real time too, so a little more than what was slept.
    expect(Math.round(document.propagation.ms / 1000)).toBeGreaterThanOrEqual(10);
    expect(Math.round(document.propagation.ms / 1000)).toBeLessThanOrEqual(13);
  });

  test('enable that may not wait so long says that IAM has it already', async () => {
    const { code, stdout, stderr } = await run('enable', '--wait-timeout', '5s');
    expect({ code, stdout }).toEqual({ code: 6, stdout: '' });
    expect(stderr).toContain('IAM reports federation as enabled, but STS did not mint 3 tokens in a row');
    expect(stderr).toContain('code:   iam.propagation-timeout');
    expect(lab.world.account(OWN_ACCOUNT).federation.enabled).toBe(true);
  });

  test('a quick disable and enable is replayed in order: tokens, then a gap, then tokens again', async () => {
    lab.world.setFederation(OWN_ACCOUNT, true);
    lab.clock.offset += 60_000;
    expect((await run('disable', '--yes')).code).toBe(0);
    lab.clock.offset += 3000;
    const { code } = await run('enable', '--json');
    expect(code).toBe(0);
    // The first three in a row are those of before the gap: nobody can tell them from those after it.
    expect(mints()).toEqual(['minted']);
    lab.clock.offset += 5000;
    expect((await run('token', '--audience', 'x')).code).toBe(3);
    lab.clock.offset += 4000;
    expect((await run('token', '--audience', 'x')).code).toBe(0);
  });
});
