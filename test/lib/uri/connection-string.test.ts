import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rerun } from '../../../src/lib/core/command-line.ts';
import { isFedctlError } from '../../../src/lib/core/errors.ts';
import { failureDocument, failureLines } from '../../../src/lib/render/failure.ts';
import { createTheme } from '../../../src/lib/render/theme.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { failureOf } from '../../support/failure-of.ts';

/** What a connection string without options comes to. */
const PLAIN = {
  shown: 'mongodb://localhost/',
  hosts: [{ host: 'localhost', port: 27017 }],
  srv: null,
  tls: 'off',
  unverifiedBy: null,
  tlsFiles: { ca: null, crl: null, certificateKey: null, certificateKeyPassword: null },
  trustOptions: [],
  replicaSet: null,
  proxy: null,
  driverOptions: [],
  namedMechanism: null,
  warnings: [],
};

describe('where a connection string leads', () => {
  test.each(['mongodb://localhost/', 'mongodb://localhost', ' mongodb://LOCALHOST:27017/\n'])(
    '%j is this machine',
    (uri) => {
      expect({ ...parseConnectionString(uri), shown: PLAIN.shown }).toEqual(PLAIN);
    },
  );

  test('hosts with their ports, in the spelling that is compared', () => {
    const { hosts } = parseConnectionString(
      'mongodb://A.example.com,b.example.com:1,[::1]:2,[0:0:0:0:0:0:0:1],[::FFFF:127.0.0.1]:3,d\u00e4ten.example.com/?tls=true',
    );
    expect(hosts).toEqual([
      { host: 'a.example.com', port: 27017 },
      { host: 'b.example.com', port: 1 },
      { host: '::1', port: 2 },
      { host: '::1', port: 27017 },
      { host: '::ffff:7f00:1', port: 3 },
      { host: 'xn--dten-loa.example.com', port: 27017 },
    ]);
  });

  test('a name for SRV records, with TLS', () => {
    expect(parseConnectionString('mongodb+srv://Db.example.net/?srvServiceName=other&srvMaxHosts=2')).toEqual(
      {
        ...PLAIN,
        shown: 'mongodb+srv://Db.example.net/?srvServiceName=other&srvMaxHosts=2',
        hosts: [],
        srv: { host: 'db.example.net', record: '_other._tcp.db.example.net', maxHosts: 2 },
        tls: 'verified',
      },
    );
  });

  test('a proxy and files', () => {
    const read = parseConnectionString(
      'mongodb://localhost/?proxyHost=127.0.0.1&proxyPort=9&proxyUsername=u&proxyPassword=p&tlsCAFile=/ca.pem&tlsCertificateKeyFile=/me.pem&tlsCertificateKeyFilePassword=k',
    );
    expect(read.proxy).toMatchObject({ host: '127.0.0.1', port: 9, username: 'u' });
    expect(read.proxy?.password?.reveal()).toBe('p');
    expect(read.tlsFiles).toMatchObject({ ca: '/ca.pem', crl: null, certificateKey: '/me.pem' });
    expect(read.tlsFiles.certificateKeyPassword?.reveal()).toBe('k');
    expect(read.trustOptions).toEqual(['tlsCAFile']);
    expect(JSON.stringify(read)).not.toMatch(/"[pk]"/);
  });

  test.each([
    ['mongodb://localhost/?tls=true', 'verified'],
    ['mongodb://localhost/?ssl=true', 'verified'],
    ['mongodb://localhost/?tls=false&ssl=false', 'off'],
    ['mongodb+srv://localhost/?tls=false', 'off'],
    ['mongodb+srv://h.example.net/', 'verified'],
    ['mongodb://localhost/?tls=true&tlsInsecure=true', 'unverified'],
    ['mongodb://localhost/?tls=true&TLSAllowInvalidHostnames=true', 'unverified'],
    ['mongodb://localhost/?tls=true&tlsAllowInvalidCertificates=false', 'verified'],
  ])('%s: TLS is %s', (uri, tls) => {
    expect(parseConnectionString(uri).tls).toBe(tls);
  });

  test.each([
    'mongodb://%2Ftmp%2Fmongodb.sock/',
    'mongodb://h:0/',
    'mongodb://h:65536/',
    'mongodb://a b/',
    'mongodb://a%1bb/',
    'mongodb://[::1/',
    'mongodb://[fe80::1%25lo]/',
  ])('%s has no usable host', (uri) => {
    expect(failureOf(() => parseConnectionString(uri))).toMatchObject({ code: 'mongo.uri-invalid' });
  });
});

describe('options', () => {
  test('accepts the options of the MongoDB specifications in any letter case', () => {
    const read = parseConnectionString(
      'mongodb+srv://db.example.net/app?RETRYWRITES=true&w=majority&appname=Cluster0&readpreference=nearest&readPreferenceTags=dc:a&readPreferenceTags=&compressors=snappy,zlib&uuidRepresentation=standard&timeoutMS=9000',
    );
    expect(read.driverOptions).toEqual([
      ['w', 'majority'],
      ['readPreference', 'nearest'],
      ['readPreferenceTags', 'dc:a'],
      ['readPreferenceTags', ''],
    ]);
    expect(read.shown).toBe(
      'mongodb+srv://db.example.net/app?retryWrites=true&w=majority&appName=Cluster0&readPreference=nearest&readPreferenceTags=dc:a&readPreferenceTags=&compressors=snappy,zlib&uuidRepresentation=standard&timeoutMS=9000',
    );
  });

  // What the Node.js driver hands to tls.connect and net.connect, its own options, and those that it keeps for itself.
  test.each([
    'ca',
    'cert',
    'key',
    'pfx',
    'crl',
    'passphrase',
    'servername',
    'ServerName',
    'SERVERNAME',
    'checkServerIdentity',
    'rejectUnauthorized',
    'secureContext',
    'secureProtocol',
    'pskCallback',
    'ALPNProtocols',
    'SNICallback',
    'session',
    'ciphers',
    'ecdhCurve',
    'minDHSize',
    'minVersion',
    'maxVersion',
    'allowPartialTrustChain',
    'requestOCSP',
    'requestCert',
    'enableTrace',
    'lookup',
    'hints',
    'family',
    'localAddress',
    'localPort',
    'autoSelectFamily',
    'keepAliveInitialDelay',
    'pkFactory',
    'srvHostValidator',
    'srvAllowedHostsSuffix',
    'connectionType',
    'srvPoller',
    'runtimeAdapters',
    'autoEncryption',
    'driverInfo',
    'serverApi',
    'auth',
    'dbName',
    'mongodbLogPath',
    '__skipPingOnConnect',
    '__index',
    '__proto__',
    'constructor',
  ])('rejects the option %s with any value', (name) => {
    for (const value of ['x', 'false', 'true', '0', 'CANARYsecret']) {
      const failure = failureOf(() =>
        parseConnectionString(`mongodb://127.0.0.1:9/?tls=true&${name}=${value}`),
      );
      expect(failure).toMatchObject({
        code: 'mongo.uri-invalid',
        exitCode: 2,
        message: `Unknown option "${name}" in the connection string.`,
        details: { option: name },
      });
      expect(JSON.stringify(failureDocument(failure, null))).not.toContain('CANARY');
    }
  });

  test.each([
    ['proxyPasswrd', 'proxyPassword'],
    ['tlsCAfil', 'tlsCAFile'],
    ['READPREFERENC', 'readPreference'],
    ['wtimeout', 'wTimeoutMS'],
  ])('%s is meant to be %s', (spelled, meant) => {
    expect(failureOf(() => parseConnectionString(`mongodb://localhost/?${spelled}=hunter2`))).toMatchObject({
      message: `Unknown option "${spelled}" in the connection string.`,
      remedy: `Write ${meant} instead of ${spelled}, or remove it.`,
      details: { option: spelled, suggestion: meant },
    });
  });

  test.each([
    ['retryWrites=maybe', 'the option retryWrites must be true or false.'],
    ['TLS=TRUE', 'the option tls must be true or false.'],
    ['tlsInsecure=1', 'the option tlsInsecure must be true or false.'],
    ['serverSelectionTimeoutMS=abc', 'the option serverSelectionTimeoutMS must be an integer, 0 or greater.'],
    ['maxPoolSize=-1', 'the option maxPoolSize must be an integer, 0 or greater.'],
    ['maxConnecting=0', 'the option maxConnecting must be an integer, 1 or greater.'],
    [
      'compressors=zlib,lz4',
      'the option compressors must be one or more of none, snappy, zlib and zstd, separated by commas.',
    ],
    [
      'readPreference=HUNTER',
      'the option readPreference must be primary, primaryPreferred, secondary, secondaryPreferred or nearest.',
    ],
    [
      'readPreferenceTags=HUNTER',
      'the option readPreferenceTags must be a list of <name>:<value>, separated by commas.',
    ],
    ['serverMonitoringMode=HUNTER', 'the option serverMonitoringMode must be auto, poll or stream.'],
    [
      'authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT',
      'the option authMechanismProperties must be a list of <name>:<value>, separated by commas.',
    ],
    [
      'authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:azure,TOKEN_RESOURCE:a,HUNTER',
      'the option authMechanismProperties must be a list of <name>:<value>, separated by commas.',
    ],
    [
      'authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:k8s,',
      'the option authMechanismProperties must be a list of <name>:<value>, separated by commas.',
    ],
    [
      'authMechanism=MONGODB-OIDC&authMechanismProperties=:HUNTER',
      'the option authMechanismProperties must be a list of <name>:<value>, separated by commas.',
    ],
    [
      'authMechanismProperties=ENVIRONMENT:aws',
      'ENVIRONMENT in authMechanismProperties must be one of azure, gcp, k8s, test.',
    ],
    [
      'authMechanismProperties=ENVIRONMENT:K8S',
      'ENVIRONMENT in authMechanismProperties must be one of azure, gcp, k8s, test.',
    ],
    [
      'authMechanismProperties=ENVIRONMENT:HUNTER',
      'ENVIRONMENT in authMechanismProperties must be one of azure, gcp, k8s, test.',
    ],
    [
      'authMechanismProperties=ENVIRONMENT:gcp',
      'ENVIRONMENT:gcp in authMechanismProperties requires TOKEN_RESOURCE.',
    ],
    ['tls=true&ssl=false', 'tls and ssl contradict each other.'],
    ['CheckServerIdentity=', 'an option has no value, or its name is invalid.'],
    ['authMechanismProperties=', 'the option authMechanismProperties requires a value.'],
    ['proxyPassword=a&bHUNTER', 'an option has no value, or its name is invalid.'],
    ['a%1bb=HUNTER', 'an option has no value, or its name is invalid.'],
    ['=HUNTER', 'an option has no value, or its name is invalid.'],
    ['tlsCAFile=/ca.pem?authMechanism=HUNTER', 'it has two question marks.'],
    ['proxyPort=9', 'proxyPort, proxyUsername and proxyPassword require proxyHost.'],
    [
      'proxyHost=h&proxyUsername=HUNTER',
      'a proxy requires both proxyUsername and proxyPassword, or neither.',
    ],
    ['srvMaxHosts=2', 'srvMaxHosts is for mongodb+srv:// only.'],
  ])('%s is refused without its value', (options, says) => {
    const failure = failureOf(() => parseConnectionString(`mongodb://localhost/?${options}`));
    expect(failure.message).toBe(`Invalid connection string: ${says}`);
    expect(JSON.stringify(failureDocument(failure, null))).not.toContain('HUNTER');
  });

  test('an option that is given twice is refused, whatever the case of its letters', () => {
    const failure = failureOf(() => parseConnectionString('mongodb://localhost/?tls=true&TLS=false'));
    expect(failure.message).toBe('The connection string has the option tls more than once.');
  });
});

describe('what is shown', () => {
  test('holds no secret of a proxy or a key file, and cannot leave its quotes', () => {
    const { shown } = parseConnectionString(
      "mongodb://localhost/a'b?proxyHost=127.0.0.1&proxyUsername=hunter1&proxyPassword=hunter2&TLSCertificateKeyFilePassword=hunter3&tls=true&authMechanismProperties=AWS_SESSION_TOKEN:hunter4",
    );
    expect(shown).toBe(
      'mongodb://localhost/a%27b?proxyHost=127.0.0.1&proxyUsername=<credentials>&proxyPassword=<credentials>&tlsCertificateKeyFilePassword=<credentials>&tls=true',
    );
  });

  test('keeps values as somebody would type them', () => {
    const uri = 'mongodb://localhost/?tlsCAFile=/etc/my%20ca%26b.pem&appName=a%2Bb%25';
    expect(parseConnectionString(uri).shown).toBe(uri);
  });

  test('has no user', () => {
    expect(parseConnectionString('mongodb+srv://AKIAEXAMPLE@db.example.net/app').shown).toBe(
      'mongodb+srv://db.example.net/app',
    );
  });
});

describe('what contradicts a login that brings its own token', () => {
  test('a user name goes, with a warning that does not repeat it', () => {
    expect(parseConnectionString('mongodb+srv://AKIAEXAMPLE@db.example.net/app').warnings).toEqual([
      {
        code: 'mongo.uri.user-ignored',
        message:
          'The user name in the connection string is ignored: the server determines the user from the login.',
        remedy: 'Remove the user name from the connection string.',
      },
    ]);
  });

  test('authSource goes; $external is what it would be anyway', () => {
    expect(parseConnectionString('mongodb://localhost/?authSource=admin').warnings).toEqual([
      {
        code: 'mongo.uri.auth-source-ignored',
        message: 'authSource=admin is ignored: MONGODB-OIDC and MONGODB-AWS authenticate against $external.',
        remedy: 'Remove authSource from the connection string.',
      },
    ]);
    expect(parseConnectionString('mongodb://localhost/?AUTHSOURCE=%24external')).toEqual(PLAIN);
  });

  test('the mechanism is named in capitals, and its properties go without their values', () => {
    const read = parseConnectionString(
      'mongodb://localhost/?authMechanism=mongodb-oidc&authMechanismProperties=ENVIRONMENT:k8s,TOKEN_RESOURCE:mongodb%3A%2F%2Fx,AWS_SESSION_TOKEN:verysecret',
    );
    const ignored = (name: string, remedy: string) => ({
      code: 'mongo.uri.property-ignored',
      message: `${name} in authMechanismProperties is ignored: fedctl provides the token or the credentials itself.`,
      remedy,
    });
    expect(read).toEqual({
      ...PLAIN,
      namedMechanism: 'MONGODB-OIDC',
      warnings: [
        ignored('ENVIRONMENT', 'To log in with the token file of an application, use --token-file <file>.'),
        ignored('TOKEN_RESOURCE', 'Remove TOKEN_RESOURCE from the connection string.'),
        ignored('AWS_SESSION_TOKEN', 'Remove AWS_SESSION_TOKEN from the connection string.'),
      ],
    });
  });
});

describe('a password', () => {
  test('is refused, with the cleaned connection string to type', () => {
    const failure = failureOf(() =>
      parseConnectionString(
        'mongodb+srv://alice:hunter2@db.example.net/app?retryWrites=true&authSource=admin',
      ),
    );
    expect(failure.command).toEqual(
      rerun({ set: { '--uri': 'mongodb+srv://db.example.net/app?retryWrites=true' } }),
    );
    expect(failureDocument(failure, null).error).toEqual({
      code: 'mongo.password-in-uri',
      message: 'The connection string has a password.',
      cause:
        'MONGODB-OIDC and MONGODB-AWS do not use a password, and other users can read the password in the process list.',
      remedy: 'Remove the user name and the password from the connection string. fedctl needs neither.',
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
      parseConnectionString('mongodb://AKIA:key@localhost/?authMechanism=MONGODB-AWS'),
    );
    expect(failure.command).toEqual(
      rerun({ set: { '--mechanism': 'aws', '--uri': 'mongodb://localhost/' } }),
    );
  });

  test('beside a secret that the connection needs leaves nothing that could be typed', () => {
    const failure = failureOf(() =>
      parseConnectionString(
        'mongodb://alice:hunter2@localhost/?proxyHost=p&proxyUsername=me&proxyPassword=hunter3',
      ),
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
            said = JSON.stringify(parseConnectionString(uriWith(password)).warnings);
          } catch (error) {
            if (!isFedctlError(error)) throw error;
            said = `${failureLines(error, null, createTheme(false))}${JSON.stringify(failureDocument(error, null))}${error.stack}${JSON.stringify(error.command)}`;
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
  test.each(['', 'localhost', 'http://localhost/', 'mongodb://', 'mongodb:///x'])(
    '%j is refused without being repeated',
    (text) => {
      expect(failureOf(() => parseConnectionString(text))).toMatchObject({
        code: 'mongo.uri-invalid',
        exitCode: 2,
        message: 'Invalid connection string: expected mongodb:// or mongodb+srv://, followed by a host.',
        likelyCause:
          'A connection string starts with mongodb:// or mongodb+srv:// and names at least one host.',
        remedy: "Give a connection string such as 'mongodb+srv://<host>/'.",
      });
    },
  );

  test.each([
    ['mongodb+srv://a.example.com,b.example.com/', 'mongodb+srv:// allows only one host.'],
    ['mongodb+srv://a.example.com:27017/', 'mongodb+srv:// does not allow a port.'],
    ['"mongodb://localhost/"', 'it is in quotation marks.'],
  ])('%s breaks a rule that is named', (text, says) => {
    expect(failureOf(() => parseConnectionString(text)).message).toBe(`Invalid connection string: ${says}`);
  });

  test('with an unescaped password the cause says so', () => {
    const failure = failureOf(() => parseConnectionString('mongodb://alice:pa/ss@localhost/'));
    expect(failure.likelyCause).toBe(
      'The user name or password contains characters that are not percent-encoded.',
    );
  });
});
