import { type Scenario, scenario } from './scenario.ts';

/** The switch of the account, permissions and sessions: what STS refuses. */
export const ACCOUNT_SCENARIOS: readonly Scenario[] = [
  scenario(
    'federation-disabled',
    'Outbound federation was never enabled for the account, or somebody disabled it.',
    'sts.federation-disabled',
    (stage) => stage.lab.world.setFederation(stage.account.id, false),
  ),
  scenario(
    'session-too-short',
    'The session has three minutes left, and a token of five may not outlive it.',
    'sts.session-too-short',
    (stage) => {
      const { world } = stage.lab;
      stage.actAs(world.createSession({ principal: world.role('app'), expiresAt: stage.later(180) }));
    },
  ),
  scenario(
    'payload-too-large',
    'The principal has fifty long tags, and all of them would go into the token.',
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
