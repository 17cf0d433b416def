import { describe, expect, test } from 'vitest';
import { decideArn } from '../../../src/lib/trust/decide-arn.ts';
import { decideToken } from '../../../src/lib/trust/decide-token.ts';
import { refusalText } from '../../../src/lib/trust/refusal.ts';
import type { DatabaseUser, IdentityProvider, Place } from '../../../src/lib/trust/relying-party.ts';

const NOW = new Date('2026-11-22T12:00:00Z');
const PROD: Place = { cluster: 'prod', now: NOW };
const ARN = 'arn:aws:iam::123456789012:user/alice';

const IDP: IdentityProvider = {
  id: '64a000000000000000000001',
  displayName: 'AWS',
  issuer: 'https://issuer.test',
  audience: 'mongodb',
  userClaim: 'sub',
  authorizationType: 'USER',
};
const GROUPS: IdentityProvider = { ...IDP, authorizationType: 'GROUP', groupsClaim: 'teams' };
const CLAIMS = { iss: IDP.issuer, aud: 'mongodb', sub: ARN, teams: ['a', 'b'] };

type Limits = Pick<DatabaseUser, 'scopes' | 'deleteAfterDate'>;

const roles = [{ role: 'read', db: 'app' }];
const byKeys = (limits: Limits): DatabaseUser => ({
  username: ARN,
  database: '$external',
  oidcAuthType: 'NONE',
  awsIAMType: 'USER',
  roles,
  ...limits,
});
const byToken = (limits: Limits): DatabaseUser => ({
  ...byKeys(limits),
  username: `${IDP.id}/${ARN}`,
  oidcAuthType: 'USER',
  awsIAMType: 'NONE',
});
const byGroup = (name: string, limits: Limits): DatabaseUser => ({
  ...byToken(limits),
  username: `${IDP.id}/${name}`,
  oidcAuthType: 'IDP_GROUP',
});

/** The same limits on a user of each kind, and what is decided about each. */
function decide(limits: readonly Limits[], place: Place | null) {
  const decisions = [
    decideArn(ARN, limits.map(byKeys), place),
    decideToken(CLAIMS, { identityProviders: [IDP], databaseUsers: limits.map(byToken) }, place),
    decideToken(
      CLAIMS,
      { identityProviders: [GROUPS], databaseUsers: limits.map((each) => byGroup('a', each)) },
      place,
    ),
  ];
  return decisions.map((decision) =>
    decision.accepted ? 'in' : refusalText(decision.refusal).replace(/"[^"]*alice"|"[^"]*\/a"/, 'USER'),
  );
}

const SCOPE = { name: 'prod', type: 'CLUSTER' } as const;
const END = new Date('2026-11-22T12:00:00Z');

describe('a database user, by keys, by token and by group', () => {
  test.each<[string, readonly Limits[], string]>([
    ['without scopes', [{ scopes: [] }], 'in'],
    ['for this cluster', [{ scopes: [{ name: 'test', type: 'CLUSTER' }, SCOPE] }], 'in'],
    [
      'for another cluster',
      [{ scopes: [{ name: 'test', type: 'CLUSTER' }] }],
      'the scopes of the database user USER do not include the cluster "prod"; clusters in the scopes: "test"',
    ],
    [
      'for a data lake of the same name',
      [{ scopes: [{ name: 'prod', type: 'DATA_LAKE' }] }],
      'the scopes of the database user USER do not include the cluster "prod"; clusters in the scopes: none',
    ],
    [
      'for the same name in another case',
      [{ scopes: [{ name: 'Prod', type: 'CLUSTER' }] }],
      'the scopes of the database user USER do not include the cluster "prod"; clusters in the scopes: "Prod"',
    ],
    ['that ends in a second', [{ deleteAfterDate: new Date(END.getTime() + 1000) }], 'in'],
    [
      'that ends now',
      [{ deleteAfterDate: END }],
      'the database user USER expired at 2026-11-22T12:00:00.000Z',
    ],
    ['that is over and was made anew', [{ deleteAfterDate: END }, {}], 'in'],
  ])('%s', (_title, limits, expected) => {
    expect(decide(limits, PROD)).toEqual([expected, expected, expected]);
  });

  test('is looked at without its limits where the place is not known', () => {
    const limits = [{ scopes: [{ name: 'test', type: 'CLUSTER' }], deleteAfterDate: END }] as const;
    expect(decide(limits, null)).toEqual(['in', 'in', 'in']);
  });
});

test('groups that are there grant their roles, those that are not grant none', () => {
  const users = [byGroup('a', { deleteAfterDate: END }), { ...byGroup('b', {}), roles: [] }];
  expect(decideToken(CLAIMS, { identityProviders: [GROUPS], databaseUsers: users }, PROD)).toEqual({
    accepted: true,
    principal: { username: `${IDP.id}/${ARN}`, roles: [] },
    identityProvider: GROUPS,
  });
});
