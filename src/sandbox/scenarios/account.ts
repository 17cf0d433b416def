import { allowing } from '../aws/policies.ts';
import { type Scenario, scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/**
 * The time until a change to the federation setting reaches STS, in milliseconds. In AWS, this takes about 10
 * seconds (facts/aws.md 1). The scenario uses a longer time, so that a person can observe the fault.
 */
const PROPAGATION = 60_000;

/**
 * Faults of the federation setting, permissions and sessions. In each of these scenarios, STS returns an error.
 */
export const ACCOUNT_SCENARIOS: readonly Scenario[] = [
  scenario(
    'federation-disabled',
    'Outbound federation was never enabled for the account, or somebody disabled it.',
    'sts.federation-disabled',
    ({ account }) => {
      account.federation.set(false, 0);
    },
  ),
  scenario(
    'federation-just-enabled',
    'Federation was enabled a moment ago, and the change has not reached STS yet.',
    'iam.propagation-timeout',
    ({ account }) => {
      account.federation.set(false, 0);
      account.federation.set(true, PROPAGATION);
    },
  ),
  scenario(
    'mint-permission-missing',
    'No policy allows the principal to mint tokens.',
    'sts.mint-denied',
    (stage) => usePolicy(stage, null),
  ),
  scenario(
    'mint-audience-denied',
    'The policy of the principal allows only tokens for a different audience.',
    'sts.mint-denied',
    (stage) =>
      usePolicy(stage, {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['https://api.example.com'] },
        Null: { 'sts:IdentityTokenAudience': 'false' },
      }),
  ),
  scenario(
    'mint-algorithm-denied',
    'The policy of the principal allows only ES384, but the request specifies RS256.',
    'sts.mint-denied',
    (stage) => usePolicy(stage, { StringEquals: { 'sts:SigningAlgorithm': 'ES384' } }),
  ),
  scenario(
    'mint-duration-denied',
    'The policy limits the token lifetime to two minutes, but the request specifies five minutes.',
    'sts.mint-denied',
    (stage) => usePolicy(stage, { NumericLessThanEquals: { 'sts:DurationSeconds': '120' } }),
  ),
  scenario(
    'mint-tag-denied',
    'The policy of the principal allows only tokens with the tag Team, but the request has no tag.',
    'sts.mint-denied',
    (stage) => usePolicy(stage, { StringEquals: { 'aws:RequestTag/Team': 'platform' } }),
  ),
  scenario(
    'mint-denied-by-scp',
    'A service control policy denies tokens for every audience except https://api.example.com.',
    'sts.mint-denied',
    (stage) =>
      stage.lab.world.setServiceControlPolicies(stage.account.id, [
        {
          FullAWSAccess: allowing('*'),
          TokenAudiences: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Deny',
                Action: 'sts:GetWebIdentityToken',
                Resource: '*',
                Condition: {
                  'ForAnyValue:StringNotEquals': { 'sts:IdentityTokenAudience': ['https://api.example.com'] },
                },
              },
            ],
          },
        },
      ]),
  ),
  scenario(
    'session-too-short',
    'The session expires in three minutes, so a five-minute token would expire after the session.',
    'sts.session-too-short',
    (stage) => {
      const { world } = stage.lab;
      stage.actAs(world.createSession({ principal: world.role('app'), expiresAt: stage.later(180) }));
    },
  ),
  scenario(
    'payload-too-large',
    'The principal has fifty long tags, and AWS adds all of them to the token.',
    'sts.payload-too-large',
    (stage) => {
      const { world } = stage.lab;
      const tags = Object.fromEntries(
        Array.from({ length: 50 }, (_, index) => [`${index}-${'k'.repeat(120)}`, 'v'.repeat(256)]),
      );
      stage.actAs(world.createSession({ principal: world.role('app'), expiresAt: stage.later(3600), tags }));
    },
  ),
];

/**
 * Allows the operator to perform all IAM actions and to assume roles. The operator can mint tokens only if the
 * request meets `condition`. If `condition` is null, the operator cannot mint tokens.
 */
function usePolicy(stage: Stage, condition: object | null): void {
  const statement = { Effect: 'Allow', Action: 'sts:GetWebIdentityToken', Resource: '*' };
  stage.lab.world.setPolicies(stage.operator, {
    identity: {
      Federation: allowing('iam:*', 'sts:AssumeRole'),
      ...(condition !== null && {
        Mint: { Version: '2012-10-17', Statement: [{ ...statement, Condition: condition }] },
      }),
    },
  });
}
