import { describe, expect, test } from 'vitest';
import { findProvider } from '../../../src/lib/check/identity-provider.ts';
import { atlas } from '../../../src/lib/core/command-line.ts';
import type { AtlasIdentityProvider } from '../../../src/lib/ports/atlas.ts';

const ISSUER = 'https://a1b2.tokens.sts.global.api.aws';

function provider(changes: Partial<AtlasIdentityProvider> = {}): AtlasIdentityProvider {
  return {
    id: '0123456789abcdef01234567',
    displayName: 'prod',
    issuer: ISSUER,
    audience: 'my-atlas',
    userClaim: 'sub',
    groupsClaim: 'groups',
    authorizationType: 'USER',
    ...changes,
  };
}

function told(...providers: readonly AtlasIdentityProvider[]) {
  const found = findProvider(ISSUER, ['my-atlas'], providers, 'f1');
  return {
    provider: found.provider?.displayName ?? null,
    failure: found.failure === null ? null : `${found.failure.code}: ${found.failure.message}`,
    command: found.failure?.command ?? null,
  };
}

const PROD = 'The identity provider "prod" (0123456789abcdef01234567)';

describe('the identity provider for a token', () => {
  test('is the one of its issuer and audience, byte for byte, wherever it stands', () => {
    const strangers = [
      provider({ displayName: 'a', audience: 'x' }),
      provider({ displayName: 'b', issuer: 'y' }),
    ];
    expect(told(...strangers, provider())).toEqual({ provider: 'prod', failure: null, command: null });
  });

  test.each([
    [
      'of the issuer with another audience',
      { audience: 'My-Atlas' },
      `atlas.audience-mismatch: ${PROD} expects the audience My-Atlas, but the token has my-atlas.`,
    ],
    [
      'with a slash at the end of the issuer',
      { issuer: `${ISSUER}/` },
      `atlas.issuer-mismatch: ${PROD} expects the issuer ${ISSUER}/, but the token has ${ISSUER}: only the trailing slash differs.`,
    ],
    [
      'with the address of the document as issuer',
      { issuer: `${ISSUER}/.well-known/openid-configuration`, audience: 'x' },
      `atlas.issuer-mismatch: ${PROD} expects the issuer ${ISSUER}/.well-known/openid-configuration, but the token has ${ISSUER}.`,
    ],
    [
      'of the audience with the issuer of another account',
      { issuer: 'https://c3d4.tokens.sts.global.api.aws' },
      `atlas.issuer-mismatch: ${PROD} expects the issuer https://c3d4.tokens.sts.global.api.aws, but the token has ${ISSUER}.`,
    ],
    [
      'that goes by another claim',
      { userClaim: 'email' },
      `atlas.user-claim-changed: ${PROD} uses the user claim "email"; AWS tokens contain the principal in "sub".`,
    ],
    [
      'that goes by groups',
      { authorizationType: 'GROUP' },
      `atlas.user-claim-changed: ${PROD} uses group membership instead of a user claim; AWS tokens contain the principal in "sub".`,
    ],
  ] as const)('%s is the one that is meant', (_what, changes, failure) => {
    expect(told(provider(changes))).toMatchObject({ provider: 'prod', failure });
  });

  test('is meant rather by an issuer that is written otherwise than by its audience alone', () => {
    const sameAudience = provider({ displayName: 'staging', issuer: 'https://c3d4.example' });
    const written = provider({
      issuer: ` ${ISSUER.replace('https', 'http').toUpperCase()}// `,
      audience: 'x',
    });
    expect(told(sameAudience, written)).toMatchObject({
      provider: 'prod',
      failure: expect.stringMatching(/^atlas\.issuer-mismatch: /),
    });
  });

  test('that nobody made is told with those that there are, and how to make it', () => {
    const stranger = provider({ issuer: 'https://login.example', audience: 'x' });
    expect(told(stranger)).toEqual({
      provider: null,
      failure: `atlas.identity-provider-missing: No workload identity provider of the organization has the issuer ${ISSUER}; existing providers: https://login.example.`,
      command: atlas([
        ...['federatedAuthentication', 'federationSettings', 'identityProvider', 'create', 'oidc', 'fedctl'],
        ...['--federationSettingsId', 'f1', '--idpType', 'WORKLOAD', '--issuerUri', ISSUER],
        ...['--audience', 'my-atlas', '--authorizationType', 'USER', '--userClaim', 'sub'],
        ...['--groupsClaim', 'groups', '--desc', 'fedctl'],
      ]),
    });
    expect(told().failure).toBe(
      `atlas.identity-provider-missing: No workload identity provider of the organization has the issuer ${ISSUER}.`,
    );
  });
});

test('one of several audiences will do, as for the server', () => {
  const several = ['somebody', 'my-atlas'];
  expect(findProvider(ISSUER, several, [provider()], 'f1')).toEqual({ provider: provider(), failure: null });
  expect(findProvider(ISSUER, several, [provider({ audience: 'x' })], 'f1').failure?.message).toBe(
    `${PROD} expects the audience x, but the token has somebody, my-atlas.`,
  );
});
