// The connection-string cases 40 to 67, retold from facts/mongodb.md 3.1, read by the real driver.
import { MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';

const AWS = 'authMechanism=MONGODB-AWS';
const OIDC = 'authMechanism=MONGODB-OIDC&authMechanismProperties=';

function credentialsOf(uri: string) {
  const { credentials } = new MongoClient(uri).options;
  if (credentials === undefined) return null;
  const { username, password, source, mechanism, mechanismProperties } = credentials;
  const { ENVIRONMENT, TOKEN_RESOURCE } = mechanismProperties;
  return {
    username,
    password: password ?? null,
    source,
    mechanism,
    properties: { ...(ENVIRONMENT && { ENVIRONMENT }), ...(TOKEN_RESOURCE && { TOKEN_RESOURCE }) },
  };
}

/** The driver writes no user and no password as empty texts or null; the specification means the same. */
function expected(mechanism: string, username: string, properties: Readonly<Record<string, string>>) {
  return { username, password: null, source: '$external', mechanism, properties };
}

describe('valid for MONGODB-AWS', () => {
  test.each([
    [40, 'mongodb://localhost/?'],
    [41, 'mongodb://localhost/?authSource=$external&'],
  ])('case %i', (_number, start) => {
    expect(credentialsOf(`${start}${AWS}`)).toEqual({
      ...expected('MONGODB-AWS', '', {}),
      password: expect.toBeOneOf(['', null]),
    });
  });
});

describe('valid for MONGODB-OIDC', () => {
  const azure = (TOKEN_RESOURCE: string) => ({ ENVIRONMENT: 'azure', TOKEN_RESOURCE });
  test.each([
    [48, '', '', 'ENVIRONMENT:test', { ENVIRONMENT: 'test' }],
    [49, '', 'authSource=$external&', 'ENVIRONMENT:test', { ENVIRONMENT: 'test' }],
    [55, '', '', 'ENVIRONMENT:azure,TOKEN_RESOURCE:foo', azure('foo')],
    [56, 'user', '', 'ENVIRONMENT:azure,TOKEN_RESOURCE:foo', azure('foo')],
    [
      57,
      'user',
      '',
      'ENVIRONMENT:azure,TOKEN_RESOURCE:mongodb%3A%2F%2Ftest-cluster',
      azure('mongodb://test-cluster'),
    ],
    [
      58,
      'user',
      '',
      'ENVIRONMENT:azure,TOKEN_RESOURCE:mongodb://test-cluster',
      azure('mongodb://test-cluster'),
    ],
    [59, 'user', '', 'ENVIRONMENT:azure,TOKEN_RESOURCE:abcd%25ef%3Ag%26hi', azure('abcd%ef:g&hi')],
    [60, 'user', '', 'ENVIRONMENT:azure,TOKEN_RESOURCE:a$b', azure('a$b')],
    [63, '', '', 'ENVIRONMENT:gcp,TOKEN_RESOURCE:foo', { ENVIRONMENT: 'gcp', TOKEN_RESOURCE: 'foo' }],
    [66, '', '', 'ENVIRONMENT:k8s', { ENVIRONMENT: 'k8s' }],
  ])('case %i', (_number, user, options, properties, read) => {
    const uri = `mongodb://${user === '' ? '' : `${user}@`}localhost/?${options}${OIDC}${properties}`;
    expect(credentialsOf(uri)).toEqual({
      ...expected('MONGODB-OIDC', user, read),
      password: expect.toBeOneOf(['', null]),
    });
  });
});

const IN_ENVIRONMENT =
  'username and password cannot be provided when using MONGODB-AWS. Credentials must be provided in a manner that can be read by the AWS SDK.';

describe('refused for MONGODB-AWS', () => {
  test.each([
    [42, `mongodb://user@localhost/?${AWS}`],
    [45, `mongodb://user@localhost.com/?${AWS}`],
    [46, `mongodb://user:pass@localhost.com/?${AWS}`],
    [47, `mongodb://localhost/?${AWS}&authMechanismProperties=AWS_SESSION_TOKEN:token`],
  ])('case %i', (_number, uri) => {
    expect(() => new MongoClient(uri)).toThrow(
      /cannot be provided when using MONGODB-AWS|read by the AWS SDK/,
    );
  });

  // The specification still lists these as valid, against its own case 46; the driver goes by the newer text.
  test.each([
    [43, `mongodb://user%21%40%23:pass%21%40%23@localhost/?${AWS}`],
    [44, `mongodb://user:password@localhost/?${AWS}&authMechanismProperties=AWS_SESSION_TOKEN:token%21`],
  ])('case %i, which is stale: the driver refuses keys in the URI', (_number, uri) => {
    expect(() => new MongoClient(uri)).toThrow(
      expect.objectContaining({ name: 'MongoAPIError', message: IN_ENVIRONMENT }),
    );
  });
});

describe('refused for MONGODB-OIDC', () => {
  const neither =
    "Either a ENVIRONMENT, OIDC_CALLBACK, or OIDC_HUMAN_CALLBACK must be specified for mechanism 'MONGODB-OIDC'.";
  const together = (environment: string) =>
    `username and ENVIRONMENT '${environment}' may not be used together for mechanism 'MONGODB-OIDC'.`;
  const resource =
    'TOKEN_RESOURCE must be set in the auth mechanism properties when ENVIRONMENT is azure or gcp.';
  test.each([
    [50, 'user:pass@', `${OIDC}ENVIRONMENT:test`, together('test')],
    [51, 'principalName@', `${OIDC}ENVIRONMENT:test`, together('test')],
    [
      52,
      '',
      `${OIDC}ENVIRONMENT:invalid`,
      "Currently only a ENVIRONMENT in test,azure,gcp,k8s is supported for mechanism 'MONGODB-OIDC'.",
    ],
    [53, '', 'authMechanism=MONGODB-OIDC', neither],
    [54, '', `${OIDC}UnsupportedProperty:unexisted`, neither],
    [
      61,
      'user:pass@',
      `${OIDC}ENVIRONMENT:azure,TOKEN_RESOURCE:foo`,
      "No password is allowed in ENVIRONMENT 'azure' for 'MONGODB-OIDC'.",
    ],
    [62, 'username@', `${OIDC}ENVIRONMENT:azure`, resource],
    [64, 'user:pass@', `${OIDC}ENVIRONMENT:gcp,TOKEN_RESOURCE:foo`, together('gcp')],
    [65, 'user:pass@', `${OIDC}ENVIRONMENT:gcp`, together('gcp')],
    [67, 'user:pass@', `${OIDC}ENVIRONMENT:k8s`, together('k8s')],
  ])('case %i', (_number, user, options, message) => {
    expect(() => new MongoClient(`mongodb://${user}localhost/?${options}`)).toThrow(
      expect.objectContaining({ name: 'MongoInvalidArgumentError', message }),
    );
  });
});
