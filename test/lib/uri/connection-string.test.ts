import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rerun } from '../../../src/lib/command-line.ts';
import { isFedctlError } from '../../../src/lib/errors.ts';
import { failureDocument, failureText } from '../../../src/lib/render/failure.ts';
import { createTheme } from '../../../src/lib/render/theme.ts';
import { cleanConnectionString, secretsOf, shownUri } from '../../../src/lib/uri/connection-string.ts';

function failureOf(work: () => unknown) {
  try {
    work();
  } catch (error) {
    if (isFedctlError(error)) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

describe('a connection string without anything about authentication', () => {
  test.each([
    'mongodb://localhost:27017/',
    'mongodb://a.example.com:1,b.example.com:2/app?replicaSet=rs0&tls=true',
    'mongodb+srv://cluster0.example.net/?retryWrites=true',
    'mongodb://[::1]:27017/',
  ])('%s stays as it is', (uri) => {
    expect(cleanConnectionString(uri)).toEqual({ uri, namedMechanism: null, warnings: [] });
  });
});

describe('what contradicts a login that brings its own token', () => {
  test('a user name goes, with a warning that does not repeat it', () => {
    expect(cleanConnectionString('mongodb+srv://AKIAEXAMPLE@db.example.net/app')).toEqual({
      uri: 'mongodb+srv://db.example.net/app',
      namedMechanism: null,
      warnings: [
        {
          code: 'mongo.uri.user-ignored',
          message:
            'The user name in the connection string is not used: the server learns the user from the login.',
          remedy: 'leave it out of the connection string',
        },
      ],
    });
  });

  test('authSource goes; $external is what it would be anyway', () => {
    expect(cleanConnectionString('mongodb://localhost/?authSource=admin&tls=true')).toEqual({
      uri: 'mongodb://localhost/?tls=true',
      namedMechanism: null,
      warnings: [
        {
          code: 'mongo.uri.auth-source-ignored',
          message: 'authSource=admin is not used: both mechanisms authenticate against $external.',
          remedy: 'leave authSource out of the connection string',
        },
      ],
    });
    expect(cleanConnectionString('mongodb://localhost/?AUTHSOURCE=%24external')).toEqual({
      uri: 'mongodb://localhost/',
      namedMechanism: null,
      warnings: [],
    });
  });

  test('the mechanism is named, and its properties go without their values', () => {
    const clean = cleanConnectionString(
      'mongodb://localhost/?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:k8s,TOKEN_RESOURCE:mongodb%3A%2F%2Fx,AWS_SESSION_TOKEN:verysecret',
    );
    expect(clean).toEqual({
      uri: 'mongodb://localhost/',
      namedMechanism: 'MONGODB-OIDC',
      warnings: [
        {
          code: 'mongo.uri.property-ignored',
          message:
            'ENVIRONMENT in authMechanismProperties is not used: fedctl brings the token or the keys itself.',
          remedy: 'To log in with the token that an application reads from a file: --token-file <file>.',
        },
        {
          code: 'mongo.uri.property-ignored',
          message:
            'TOKEN_RESOURCE in authMechanismProperties is not used: fedctl brings the token or the keys itself.',
          remedy: 'leave TOKEN_RESOURCE out of the connection string',
        },
        {
          code: 'mongo.uri.property-ignored',
          message:
            'AWS_SESSION_TOKEN in authMechanismProperties is not used: fedctl brings the token or the keys itself.',
          remedy: 'leave AWS_SESSION_TOKEN out of the connection string',
        },
      ],
    });
  });
});

describe('a password', () => {
  test('is refused, with the cleaned connection string to type', () => {
    const failure = failureOf(() =>
      cleanConnectionString(
        'mongodb+srv://alice:hunter2@db.example.net/app?retryWrites=true&authSource=admin',
      ),
    );
    expect(failure.command).toEqual(
      rerun({ set: { '--uri': 'mongodb+srv://db.example.net/app?retryWrites=true' } }),
    );
    expect(failureDocument(failure, null).error).toEqual({
      code: 'mongo.password-in-uri',
      message: 'The connection string holds a password.',
      cause: 'Neither mechanism uses one, and it would be visible in the process list.',
      remedy: 'Leave user and password out of the connection string: no mechanism of fedctl needs them.',
      command: null,
      docs: 'fedctl explain mongo.password-in-uri',
      requestId: null,
      exitCode: 2,
      details: {},
    });
    expect(failure.cause).toBeUndefined();
  });

  test('keeps the mechanism that was meant', () => {
    const failure = failureOf(() =>
      cleanConnectionString('mongodb://AKIA:key@localhost/?authMechanism=MONGODB-AWS'),
    );
    expect(failure.command).toEqual(
      rerun({ set: { '--mechanism': 'aws', '--uri': 'mongodb://localhost/' } }),
    );
  });

  test('beside a secret that the connection needs leaves nothing that could be typed', () => {
    const failure = failureOf(() =>
      cleanConnectionString('mongodb://alice:hunter2@localhost/?proxyHost=p&proxyPassword=hunter3'),
    );
    expect(failure.code).toBe('mongo.password-in-uri');
    expect(failure.command).toBeNull();
  });

  test('never survives, however the connection string is broken around it', () => {
    const secret = fc
      .stringMatching(/^[A-Za-z0-9!$&'()*+,;=:@/?#[\]%~. _-]{0,8}$/)
      .map((odd) => `Zq${odd}7hunter2xK`);
    fc.assert(
      fc.property(
        secret,
        fc.constantFrom(
          (s: string) => `mongodb://alice:${s}@db.example.net/?tls=true`,
          (s: string) => `mongodb://alice:${encodeURIComponent(s)}@db.example.net/`,
          (s: string) => `mongodb+srv://alice:${s}@db.example.net`,
          (s: string) => `mongodb://alice:x@a/${s}@db.example.net/`,
          (s: string) => `mongodb://:${s}@db.example.net`,
          // Without its @: what follows it would rightly be the host.
          (s: string) => `mongodb://alice:${s.replaceAll('@', '')}`,
          (s: string) => `mongo://alice:${s}@db.example.net/`,
          (s: string) => `alice:${s}@db.example.net`,
          (s: string) => `mongodb+srv://alice:${s}@db.example.net:27017/`,
          (s: string) =>
            `mongodb://localhost/?authMechanismProperties=AWS_SESSION_TOKEN:${encodeURIComponent(s)}`,
        ),
        (password, uriWith) => {
          let said: string;
          try {
            said = JSON.stringify(cleanConnectionString(uriWith(password)).warnings);
          } catch (error) {
            if (!isFedctlError(error)) throw error;
            said = `${failureText(error, null, createTheme(false))}${JSON.stringify(failureDocument(error, null))}${error.stack}${JSON.stringify(error.command)}`;
            expect(error.cause).toBeUndefined();
          }
          expect(decodeURIComponent(said.replace(/%(?![0-9a-f]{2})/gi, '%25'))).not.toContain('hunter2');
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('what is no connection string', () => {
  test.each([
    '',
    'localhost',
    'http://localhost/',
    'mongodb://',
    'mongodb:///x',
    'mongodb+srv://a,b/',
    'mongodb+srv://a:1/',
  ])('%j is refused without being repeated', (text) => {
    const failure = failureOf(() => cleanConnectionString(text));
    expect(failure).toMatchObject({
      code: 'mongo.uri-invalid',
      exitCode: 2,
      message: 'The connection string is not one.',
      likelyCause:
        'A connection string starts with mongodb:// or mongodb+srv:// and names at least one host.',
      remedy: "Give a connection string such as 'mongodb+srv://<host>/'.",
    });
  });

  test('with an unescaped password the cause says so', () => {
    const failure = failureOf(() => cleanConnectionString('mongodb://alice:pa/ss@localhost/'));
    expect(failure.likelyCause).toBe(
      'It holds a user name or a password, with characters that are not percent-encoded.',
    );
  });

  test('an option that is given twice is refused, whatever the case of its letters', () => {
    const failure = failureOf(() => cleanConnectionString('mongodb://localhost/?tls=true&TLS=false'));
    expect(failure.message).toBe('The connection string gives the option tls more than once.');
  });
});

test('what is shown holds no secret of a proxy or a key file, and cannot leave its quotes', () => {
  const uri =
    "mongodb://localhost/a'b?proxyHost=p&proxyPassword=hunter2&TLSCertificateKeyFilePassword=hunter3&tls=true";
  expect(shownUri(uri)).toBe('mongodb://localhost/a%27b?proxyHost=p&tls=true');
  expect(secretsOf(uri)).toEqual(['hunter2', 'hunter3']);
});
