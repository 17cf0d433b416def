import { describe, expect, test } from 'vitest';
import { decideToken } from '../../../src/lib/trust/decide-token.ts';
import { type Refusal, refusalText } from '../../../src/lib/trust/refusal.ts';
import type { DatabaseUser, IdentityProvider } from '../../../src/lib/trust/relying-party.ts';

const ISSUER = 'https://a1b2.tokens.sts.global.api.aws';
const SUBJECT = 'arn:aws:iam::123456789012:role/team/app';
const IDP: IdentityProvider = {
  id: '64a000000000000000000001',
  displayName: 'AWS',
  issuer: ISSUER,
  audience: 'mongodb',
  userClaim: 'sub',
  authorizationType: 'USER',
};
const USER: DatabaseUser = {
  username: `${IDP.id}/${SUBJECT}`,
  database: '$external',
  oidcAuthType: 'USER',
  awsIAMType: 'NONE',
  roles: [{ role: 'read', db: 'app' }],
};
const CLAIMS = { iss: ISSUER, aud: 'mongodb', sub: SUBJECT };

function decide(changes: {
  claims?: Record<string, unknown>;
  identityProviders?: IdentityProvider[];
  users?: DatabaseUser[];
}) {
  return decideToken(changes.claims ?? CLAIMS, {
    identityProviders: changes.identityProviders ?? [IDP],
    databaseUsers: changes.users ?? [USER],
  });
}

describe('a token is accepted', () => {
  const accepted = {
    accepted: true,
    principal: { username: USER.username, roles: USER.roles },
    identityProvider: IDP,
  };

  test('for the user that its identity provider and its subject name', () => {
    expect(decide({})).toEqual(accepted);
  });

  test('when one of several audiences is the one', () => {
    expect(decide({ claims: { ...CLAIMS, aud: ['other', 'mongodb'] } })).toEqual(accepted);
  });

  test('by the identity provider with its audience, of two with its issuer', () => {
    const other = { ...IDP, id: '64a000000000000000000002', audience: 'other' };
    expect(decide({ identityProviders: [other, IDP] })).toEqual(accepted);
  });

  test('by another claim than the subject', () => {
    const byEmail = { ...IDP, userClaim: 'email' };
    const user = { ...USER, username: `${IDP.id}/a@example.com` };
    expect(
      decide({
        claims: { ...CLAIMS, email: 'a@example.com' },
        identityProviders: [byEmail],
        users: [user],
      }),
    ).toEqual({
      accepted: true,
      principal: { username: user.username, roles: user.roles },
      identityProvider: byEmail,
    });
  });

  test('with the roles of all its groups', () => {
    const idp: IdentityProvider = { ...IDP, authorizationType: 'GROUP', groupsClaim: 'teams' };
    const group = (name: string, role: string): DatabaseUser => ({
      ...USER,
      username: `${IDP.id}/${name}`,
      oidcAuthType: 'IDP_GROUP',
      roles: [{ role, db: 'app' }],
    });
    expect(
      decide({
        claims: { ...CLAIMS, teams: ['a', 'b', 'nobody'] },
        identityProviders: [idp],
        users: [group('a', 'read'), group('b', 'dbAdmin')],
      }),
    ).toEqual({
      accepted: true,
      principal: {
        username: USER.username,
        roles: [
          { role: 'read', db: 'app' },
          { role: 'dbAdmin', db: 'app' },
        ],
      },
      identityProvider: idp,
    });
  });
});

const GROUPS: IdentityProvider = { ...IDP, authorizationType: 'GROUP', groupsClaim: 'teams' };

const REFUSALS: readonly {
  name: string;
  change: Parameters<typeof decide>[0];
  refusal: Refusal;
  text: string;
}[] = [
  {
    name: 'another issuer',
    change: { claims: { ...CLAIMS, iss: 'https://evil.example' } },
    refusal: { kind: 'issuer-unknown', expected: [ISSUER], seen: 'https://evil.example' },
    text: `no identity provider trusts the issuer "https://evil.example"; trusted issuers: "${ISSUER}"`,
  },
  {
    name: 'an issuer with a slash at its end',
    change: { claims: { ...CLAIMS, iss: `${ISSUER}/` } },
    refusal: { kind: 'issuer-unknown', expected: [ISSUER], seen: `${ISSUER}/` },
    text: `no identity provider trusts the issuer "${ISSUER}/"; trusted issuers: "${ISSUER}"`,
  },
  {
    name: 'no identity provider at all',
    change: { identityProviders: [] },
    refusal: { kind: 'issuer-unknown', expected: [], seen: ISSUER },
    text: `no identity provider trusts the issuer "${ISSUER}"; trusted issuers: none`,
  },
  {
    name: 'no issuer',
    change: { claims: { aud: 'mongodb', sub: SUBJECT } },
    refusal: { kind: 'claim-missing', claim: 'iss', expected: 'string' },
    text: 'the token has no claim "iss"',
  },
  {
    name: 'another audience, of another case',
    change: { claims: { ...CLAIMS, aud: 'MongoDB' } },
    refusal: {
      kind: 'audience-mismatch',
      identityProviders: [IDP.id],
      expected: ['mongodb'],
      seen: ['MongoDB'],
    },
    text: `the audience "MongoDB" does not match the audience "mongodb" of identity provider ${IDP.id}`,
  },
  {
    name: 'an empty list of audiences',
    change: { claims: { ...CLAIMS, aud: [] } },
    refusal: { kind: 'audience-mismatch', identityProviders: [IDP.id], expected: ['mongodb'], seen: [] },
    text: `the audience none does not match the audience "mongodb" of identity provider ${IDP.id}`,
  },
  {
    name: 'an audience that is no string',
    change: { claims: { ...CLAIMS, aud: ['mongodb', 1] } },
    refusal: { kind: 'claim-type', claim: 'aud', expected: 'string', seen: 'array' },
    text: 'the claim "aud" is of type array, not a string',
  },
  {
    name: 'a user claim that is missing',
    change: { identityProviders: [{ ...IDP, userClaim: 'constructor' }] },
    refusal: { kind: 'claim-missing', claim: 'constructor', expected: 'string' },
    text: 'the token has no claim "constructor"',
  },
  {
    name: 'a user claim that is null',
    change: { claims: { ...CLAIMS, sub: null } },
    refusal: { kind: 'claim-type', claim: 'sub', expected: 'string', seen: 'null' },
    text: 'the claim "sub" is of type null, not a string',
  },
  {
    name: 'no database user',
    change: { users: [] },
    refusal: { kind: 'user-missing', expected: [USER.username], similar: [] },
    text: `no database user "${USER.username}" in $external`,
  },
  {
    name: 'a user of another case and one of another identity provider',
    change: {
      users: [
        { ...USER, username: USER.username.toUpperCase() },
        { ...USER, username: `0oaxxxxxxxxxxxxxxxxx/${SUBJECT}` },
        { ...USER, username: 'somebody' },
      ],
    },
    refusal: {
      kind: 'user-missing',
      expected: [USER.username],
      similar: [USER.username.toUpperCase(), `0oaxxxxxxxxxxxxxxxxx/${SUBJECT}`],
    },
    text: `no database user "${USER.username}" in $external; similar: "${USER.username.toUpperCase()}", "0oaxxxxxxxxxxxxxxxxx/${SUBJECT}"`,
  },
  {
    name: 'a user made for the session instead of the role',
    change: {
      users: [{ ...USER, username: `${IDP.id}/arn:aws:sts::123456789012:assumed-role/app/i-0123` }],
    },
    refusal: {
      kind: 'user-missing',
      expected: [USER.username],
      similar: [`${IDP.id}/arn:aws:sts::123456789012:assumed-role/app/i-0123`],
    },
    text: `no database user "${USER.username}" in $external; similar: "${IDP.id}/arn:aws:sts::123456789012:assumed-role/app/i-0123"`,
  },
  {
    name: 'a user in another database',
    change: { users: [{ ...USER, database: 'admin' }] },
    refusal: { kind: 'user-database', username: USER.username, expected: '$external', seen: 'admin' },
    text: `the database user "${USER.username}" is in the database "admin", not in "$external"`,
  },
  {
    name: 'a user that is a group',
    change: { users: [{ ...USER, oidcAuthType: 'IDP_GROUP' }] },
    refusal: { kind: 'oidc-auth-type', username: USER.username, expected: 'USER', seen: 'IDP_GROUP' },
    text: `the database user "${USER.username}" has oidcAuthType IDP_GROUP, not USER`,
  },
  {
    name: 'groups where the token has none',
    change: { identityProviders: [GROUPS] },
    refusal: { kind: 'claim-missing', claim: 'teams', expected: 'list of strings' },
    text: 'the token has no claim "teams"',
  },
  {
    name: 'groups that are no list',
    change: { identityProviders: [GROUPS], claims: { ...CLAIMS, teams: 'a' } },
    refusal: { kind: 'claim-type', claim: 'teams', expected: 'list of strings', seen: 'string' },
    text: 'the claim "teams" is of type string, not a list of strings',
  },
  {
    name: 'groups of which none is known',
    change: { identityProviders: [GROUPS], claims: { ...CLAIMS, teams: ['a', 'b'] } },
    refusal: { kind: 'user-missing', expected: [`${IDP.id}/a`, `${IDP.id}/b`], similar: [] },
    text: `no database user "${IDP.id}/a" or "${IDP.id}/b" in $external`,
  },
  {
    name: 'a group that is a user',
    change: {
      identityProviders: [GROUPS],
      claims: { ...CLAIMS, teams: ['a'] },
      users: [{ ...USER, username: `${IDP.id}/a` }],
    },
    refusal: {
      kind: 'oidc-auth-type',
      username: `${IDP.id}/a`,
      expected: 'IDP_GROUP',
      seen: 'USER',
    },
    text: `the database user "${IDP.id}/a" has oidcAuthType USER, not IDP_GROUP`,
  },
];

describe('a token is refused', () => {
  test.each(REFUSALS)('for $name', ({ change, refusal, text }) => {
    expect(decide(change)).toEqual({ accepted: false, refusal });
    expect(refusalText(refusal)).toBe(text);
  });

  test('with the issuer as it is', () => {
    expect(refusalText({ kind: 'issuer-unknown', expected: [], seen: '\u001b[2J' })).toBe(
      'no identity provider trusts the issuer "\u001b[2J"; trusted issuers: none',
    );
  });
});
