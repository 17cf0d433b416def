import { allowing } from '../aws/policies.ts';
import { type Scenario, scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/** AWS takes some ten seconds (facts/aws.md 1): long enough here for somebody to look at it. In milliseconds. */
const PROPAGATION = 60_000;

/** The switch of the account, permissions and sessions: what STS refuses. */
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
    'The policy of the principal allows tokens for a different audience only.',
    'sts.mint-denied',
    (stage) =>
      usePolicy(stage, {
        'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['https://api.example.com'] },
        Null: { 'sts:IdentityTokenAudience': 'false' },
      }),
  ),
  scenario(
    'mint-algorithm-denied',
    'The policy of the principal allows ES384 only, but the request has RS256.',
    'sts.mint-denied',
    (stage) => usePolicy(stage, { StringEquals: { 'sts:SigningAlgorithm': 'ES384' } }),
  ),
  scenario(
    'mint-duration-denied',
    'The policy of the principal allows tokens of two minutes at most, but the request has five.',
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
    'A service control policy of the organization denies tokens for all audiences but its own.',
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
    'The session expires in three minutes, so a token of five minutes would outlive it.',
    'sts.session-too-short',
    (stage) => {
      const { world } = stage.lab;
      stage.actAs(world.createSession({ principal: world.role('app'), expiresAt: stage.later(180) }));
    },
  ),
  scenario(
    'payload-too-large',
    'The principal has fifty long tags, which are all added to the token.',
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

/** Lets the operator do anything but mint, which it may under a condition only; null: not at all. */
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
