import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { denialOf, withRequest } from '../../../src/lib/auth/mint-denied.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import { allowing } from '../../../src/sandbox/aws/policies.ts';
import { startLab } from '../../../src/sandbox/lab.ts';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { enableLab } from '../../../src/sandbox/scenarios/play.ts';
import { runInProcess } from '../../support/in-process.ts';
import { LAB_OPTIONS } from '../../support/lab-options.ts';

const USER = 'arn:aws:iam::123456789012:user/operator';
const DENIED = `User: ${USER} is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::123456789012:self`;

describe('what AWS says of a denial', () => {
  test.each([
    ['', null, null, null],
    [
      ' because no identity-based policy allows the sts:GetWebIdentityToken action',
      'no-allow',
      'identity-based policy',
      null,
    ],
    [
      ' because no permissions boundary allows the sts:GetWebIdentityToken action',
      'no-allow',
      'permissions boundary',
      null,
    ],
    [
      ' because no VPC endpoint policy allows the sts:GetWebIdentityToken action',
      'no-allow',
      'VPC endpoint policy',
      null,
    ],
    [' with an explicit deny in a service control policy', 'explicit-deny', 'service control policy', null],
    [
      ' with an explicit deny in a service control policy: arn:aws:organizations::210987654321:policy/o-a1/service_control_policy/p-1',
      'explicit-deny',
      'service control policy',
      'arn:aws:organizations::210987654321:policy/o-a1/service_control_policy/p-1',
    ],
    [' with an explicit deny in an identity-based policy', 'explicit-deny', 'identity-based policy', null],
  ])('%j', (said, kind, policyType, policyArn) => {
    expect(denialOf(`${DENIED}${said}`)).toEqual({ kind, policyType, policyArn });
  });
});

describe('the advice on a denial', () => {
  const advise = (said: string) => {
    const { likelyCause, remedy, details } = withRequest(
      new FedctlError('sts.mint-denied', {
        message: 'no',
        details: { awsMessage: `${DENIED}${said}`, evidence: ['AWS response: no'] },
      }),
      { audience: ['a', 'b'], signingAlgorithm: 'ES384', durationSeconds: 120, tags: [] },
    );
    return { likelyCause, remedy, evidence: details['evidence'] };
  };

  test('an explicit deny names the policy and who can change it, and prints no statement that allows', () => {
    const arn = 'arn:aws:organizations::210987654321:policy/o-a1/service_control_policy/p-1';
    expect(advise(` with an explicit deny in a service control policy: ${arn}`)).toEqual({
      likelyCause: `An explicit deny in the service control policy of the account (${arn}) matches this request. An allow in a policy of the principal cannot override this deny.`,
      remedy: `An administrator in the management account of the organization must change the deny in the service control policy of the account (${arn}). Alternatively, change the request so that the deny does not match.`,
      evidence: ['Requested: audiences a, b, algorithm ES384, duration 2 min, no tags', 'AWS response: no'],
    });
  });

  test('a missing allow in a boundary asks for the statement in the boundary', () => {
    const { likelyCause, remedy, evidence } = advise(' because no permissions boundary allows the x action');
    expect({ likelyCause, remedy }).toEqual({
      likelyCause: `No statement in the permissions boundary of ${USER} allows this request: a statement is missing, or a condition on audience, algorithm, duration or tags does not match. AWS does not report which cause applies.`,
      remedy: `An administrator of the account must add the statement shown above to the permissions boundary of ${USER}, or you must change the request to match an existing statement.`,
    });
    expect(evidence).toEqual([
      'Requested: audiences a, b, algorithm ES384, duration 2 min, no tags',
      'AWS response: no',
      'Statement to add: {"Effect":"Allow","Resource":"*","Action":"sts:GetWebIdentityToken","Condition":{"ForAllValues:StringEquals":{"sts:IdentityTokenAudience":["a","b"]},"Null":{"sts:IdentityTokenAudience":"false"},"StringEquals":{"sts:SigningAlgorithm":"ES384"},"NumericLessThanEquals":{"sts:DurationSeconds":"120"}}}',
    ]);
  });

  test('where AWS gives no reason, none is made up', () => {
    expect(advise('').likelyCause).toBe(
      'A policy denies this request, or no policy allows it, because a statement is missing or a condition on audience, algorithm, duration or tags does not match. AWS does not report which cause applies.',
    );
  });
});

describe('the statements that are printed', () => {
  let lab: Lab;

  beforeEach(async () => {
    lab = await startLab(LAB_OPTIONS);
    enableLab(lab);
    lab.world.setPolicies(lab.world.user('operator'), { identity: { Other: allowing('iam:*') } });
  });

  afterEach(() => lab.close());

  async function grant(...args: readonly string[]): Promise<void> {
    const { code, stderr } = await runInProcess(['token', ...args, '--json'], lab.env);
    const { error } = JSON.parse(stderr) as { error: { details: { statements: unknown } } };
    expect(code).toBe(4);
    const Policy = { Version: '2012-10-17', Statement: error.details.statements };
    lab.world.setPolicies(lab.world.user('operator'), { identity: { Policy } });
  }

  test.each([
    [[], ['--audience', 'another']],
    [
      ['--signing-algorithm', 'ES384'],
      ['--signing-algorithm', 'RS256'],
    ],
    [
      ['--duration', '10m'],
      ['--duration', '11m'],
    ],
    [
      ['--tag', 'team=payments'],
      ['--tag', 'team=others'],
    ],
    [
      ['--audience', 'a', '--audience', 'b'],
      ['--audience', 'a', '--audience', 'c'],
    ],
  ])('allow %j, and not %j', async (asked, other) => {
    await grant(...asked);
    const allowed = await runInProcess(['token', ...asked], lab.env);
    expect({ code: allowed.code, stderr: allowed.stderr }).toMatchObject({ code: 0 });
    expect((await runInProcess(['token', ...other], lab.env)).code).toBe(4);
  });
});
