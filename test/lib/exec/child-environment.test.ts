import { describe, expect, test } from 'vitest';
import {
  endpointVariables,
  staticVariables,
  tokenVariables,
  withVariables,
} from '../../../src/lib/exec/child-environment.ts';

const FILE = '/run/user/1/fedctl/token';
const NAMED = { AZURE_FEDERATED_TOKEN_FILE: FILE, OIDC_TOKEN_FILE: FILE };
const WEB = { AWS_WEB_IDENTITY_TOKEN_FILE: '/var/run/secrets/eks.amazonaws.com/serviceaccount/token' };
const ROLE = { AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/pod' };

function withToken(outside: Record<string, string>, names: readonly string[] = []) {
  const { variables, warnings } = tokenVariables(outside, FILE, names);
  return { env: withVariables(outside, variables), warnings: warnings.map(({ code }) => code) };
}

describe('a program with a token file', () => {
  test.each([
    ['nothing else', {}, NAMED, []],
    ['what it had', { PATH: '/bin', AWS_PROFILE: 'app' }, { PATH: '/bin', AWS_PROFILE: 'app', ...NAMED }, []],
    ['IRSA beside it', { ...WEB, ...ROLE }, { ...WEB, ...ROLE, ...NAMED }, ['exec.pymongo-web-identity']],
    ['a web identity file without a role, which PyMongo would prefer', WEB, NAMED, []],
    ['a role without a web identity file', ROLE, { ...ROLE, ...NAMED }, []],
    ['an empty variable, which PyMongo takes for a path', { AWS_WEB_IDENTITY_TOKEN_FILE: '' }, NAMED, []],
    ['stale files', { AZURE_FEDERATED_TOKEN_FILE: '/old', OIDC_TOKEN_FILE: '/old' }, NAMED, []],
    [
      'the identity of an Azure SDK',
      { AZURE_FEDERATED_TOKEN_FILE: '/old', AZURE_CLIENT_ID: 'x' },
      { AZURE_CLIENT_ID: 'x', ...NAMED },
      ['exec.azure-identity-replaced'],
    ],
  ])('and %s', (_what, outside, env, warnings) => {
    expect(withToken(outside)).toEqual({ env, warnings });
  });

  test('that reads OIDC_TOKEN_FILE has no warning about IRSA', () => {
    const { variables, warnings } = tokenVariables({ ...WEB, ...ROLE }, FILE, [], 'test');
    expect(warnings).toEqual([]);
    expect(withVariables({ ...WEB, ...ROLE }, variables)).toEqual({ ...WEB, ...ROLE, ...NAMED });
  });

  test('offers the option for PyMongo beside IRSA', () => {
    expect(tokenVariables({ ...WEB, ...ROLE }, FILE).warnings).toEqual([
      {
        code: 'exec.pymongo-web-identity',
        message:
          'AWS_WEB_IDENTITY_TOKEN_FILE is set, as in a pod with IRSA. With ENVIRONMENT:k8s, PyMongo sends the token in that file instead of the token from fedctl.',
        remedy: 'For PyMongo, add --environment test.',
        command: { kind: 'rerun', set: { '--environment': 'test' }, drop: [] },
      },
    ]);
  });

  test('is told by further variables, too', () => {
    expect(withToken({}, ['ANTHROPIC_IDENTITY_TOKEN_FILE']).env).toEqual({
      ANTHROPIC_IDENTITY_TOKEN_FILE: FILE,
      ...NAMED,
    });
  });
});

/** Everything that an AWS SDK might find first. */
const MISLEADING = {
  AWS_ACCESS_KEY_ID: 'a',
  AWS_SECRET_ACCESS_KEY: 'b',
  AWS_SESSION_TOKEN: 'c',
  AWS_SECURITY_TOKEN: 'c',
  AWS_CREDENTIAL_EXPIRATION: 'd',
  AWS_PROFILE: 'e',
  AWS_DEFAULT_PROFILE: 'e',
  AWS_ROLE_SESSION_NAME: 'f',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/g',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1/h',
  AWS_CONTAINER_AUTHORIZATION_TOKEN: 'i',
  AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '/j',
  FEDCTL_PROFILE: 'k',
  FEDCTL_ROLE_ARN: 'l',
  ...WEB,
  ...ROLE,
};
const KEPT = { PATH: '/bin', AWS_CA_BUNDLE: '/ca.pem', AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' };

describe('a program with session credentials', () => {
  test('from an endpoint finds them there and nowhere else', () => {
    const variables = endpointVariables({
      url: 'http://127.0.0.1:9/credentials',
      authorizationToken: 'token',
      region: 'eu-west-1',
      emptyFile: '/run/empty',
    });
    expect(withVariables({ ...MISLEADING, ...KEPT }, variables)).toEqual({
      ...KEPT,
      AWS_REGION: 'eu-west-1',
      AWS_DEFAULT_REGION: 'eu-west-1',
      AWS_CONFIG_FILE: '/run/empty',
      AWS_SHARED_CREDENTIALS_FILE: '/run/empty',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:9/credentials',
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'token',
    });
  });

  test('in the environment keeps its configuration files, and no other keys', () => {
    const keys = [
      { name: 'AWS_ACCESS_KEY_ID', value: 'new' },
      { name: 'AWS_SECRET_ACCESS_KEY', value: 'new' },
      { name: 'AWS_SESSION_TOKEN', value: null },
    ];
    const outside = { ...MISLEADING, ...KEPT, AWS_CONFIG_FILE: '/config' };
    expect(withVariables(outside, staticVariables(keys))).toEqual({
      ...KEPT,
      AWS_CONFIG_FILE: '/config',
      AWS_ACCESS_KEY_ID: 'new',
      AWS_SECRET_ACCESS_KEY: 'new',
    });
  });
});
