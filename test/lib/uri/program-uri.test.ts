import { describe, expect, test } from 'vitest';
import { isFedctlError } from '../../../src/lib/core/errors.ts';
import { programUri } from '../../../src/lib/uri/program-uri.ts';

const OIDC = 'authMechanism=MONGODB-OIDC&authSource=%24external&authMechanismProperties=ENVIRONMENT:k8s';
const AWS = 'authMechanism=MONGODB-AWS&authSource=%24external';

describe('the connection string of a program', () => {
  test.each([
    ['mongodb://127.0.0.1', `mongodb://127.0.0.1/?${OIDC}`],
    ['mongodb://127.0.0.1:27018/', `mongodb://127.0.0.1:27018/?${OIDC}`],
    ['mongodb://127.0.0.1/app', `mongodb://127.0.0.1/app?${OIDC}`],
    ['mongodb://127.0.0.1/?', `mongodb://127.0.0.1/?${OIDC}`],
    ['mongodb://127.0.0.1?appName=x', `mongodb://127.0.0.1/?appName=x&${OIDC}`],
    ['  mongodb://127.0.0.1/\n', `mongodb://127.0.0.1/?${OIDC}`],
    ['mongodb+srv://c.example.mongodb.net/', `mongodb+srv://c.example.mongodb.net/?${OIDC}`],
    [
      'mongodb+srv://c.example.mongodb.net/app?retryWrites=true&w=majority&appName=My%20App',
      `mongodb+srv://c.example.mongodb.net/app?retryWrites=true&w=majority&appName=My%20App&${OIDC}`,
    ],
    ['mongodb://[::1]:27017,localhost:27018/', `mongodb://[::1]:27017,localhost:27018/?${OIDC}`],
    [`mongodb://127.0.0.1/?${OIDC}`, `mongodb://127.0.0.1/?${OIDC}`],
    [
      'mongodb://127.0.0.1/?AUTHMECHANISM=MONGODB-OIDC&authsource=$external&w=1&authMechanismProperties=ENVIRONMENT%3Ak8s',
      `mongodb://127.0.0.1/?w=1&${OIDC}`,
    ],
    [
      'mongodb://127.0.0.1/?readPreferenceTags=dc:ny&readPreferenceTags=',
      `mongodb://127.0.0.1/?readPreferenceTags=dc:ny&readPreferenceTags=&${OIDC}`,
    ],
  ])('%j becomes %j', (given, expected) => {
    expect(programUri(given, 'MONGODB-OIDC', 'k8s')).toEqual({
      uri: expected,
      holdsSecret: false,
      warnings: [],
    });
  });

  test('names ENVIRONMENT:test for older drivers, and none for MONGODB-AWS', () => {
    expect(programUri('mongodb://127.0.0.1/', 'MONGODB-OIDC', 'test').uri).toBe(
      `mongodb://127.0.0.1/?${OIDC.replace('k8s', 'test')}`,
    );
    expect(programUri('mongodb://127.0.0.1/', 'MONGODB-AWS', 'k8s').uri).toBe(`mongodb://127.0.0.1/?${AWS}`);
  });

  test.each([
    ['a user name', 'mongodb://ada@127.0.0.1/', ['mongo.uri.user-ignored']],
    ['another authSource', 'mongodb://127.0.0.1/?authSource=admin', ['mongo.uri.auth-source-ignored']],
    [
      'other properties',
      'mongodb://127.0.0.1/?authMechanismProperties=ENVIRONMENT:azure,TOKEN_RESOURCE:x',
      ['mongo.uri.properties-replaced'],
    ],
    [
      'a malformed escape',
      'mongodb://127.0.0.1/?authMechanismProperties=AWS_SESSION_TOKEN:%zz',
      ['mongo.uri.properties-replaced'],
    ],
  ])('loses %s, and says so', (_what, given, codes) => {
    const { uri, warnings } = programUri(given, 'MONGODB-OIDC', 'k8s');
    expect(uri).toBe(`mongodb://127.0.0.1/?${OIDC}`);
    expect(warnings.map(({ code }) => code)).toEqual(codes);
  });

  test('for MONGODB-AWS loses a session token without repeating it', () => {
    const given = 'mongodb://127.0.0.1/?authMechanismProperties=AWS_SESSION_TOKEN:canary';
    const read = programUri(given, 'MONGODB-AWS', 'k8s');
    expect(read.uri).toBe(`mongodb://127.0.0.1/?${AWS}`);
    expect(JSON.stringify(read)).not.toContain('canary');
    expect(read.warnings[0]?.message).toBe('authMechanismProperties in the connection string is removed.');
  });

  test.each([
    ['mongodb://127.0.0.1/?proxyHost=127.0.0.1&proxyUsername=u&proxyPassword=p', true],
    ['mongodb://127.0.0.1/?proxyHost=127.0.0.1', false],
    ['mongodb://127.0.0.1/?tlsCertificateKeyFile=k.pem&tlsCertificateKeyFilePassword=p', true],
  ])('of %s: holds a secret: %s', (given, holdsSecret) => {
    expect(programUri(given, 'MONGODB-OIDC', 'k8s').holdsSecret).toBe(holdsSecret);
  });

  test.each([
    ['mongodb://u:p@127.0.0.1/', 'mongo.password-in-uri'],
    ['mongodb://db.example.com/', 'mongo.plaintext-refused'],
    ['mongodb://db.example.com/?tls=true&tlsInsecure=true', 'mongo.plaintext-refused'],
    ['http://127.0.0.1/', 'mongo.uri-invalid'],
    ['mongodb://127.0.0.1/?nosuch=1', 'mongo.uri-invalid'],
  ])('%s is refused: %s', (given, code) => {
    expect(codeOf(() => programUri(given, 'MONGODB-OIDC', 'k8s'))).toBe(code);
  });
});

function codeOf(work: () => unknown): string | null {
  try {
    work();
    return null;
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return error.code;
  }
}
