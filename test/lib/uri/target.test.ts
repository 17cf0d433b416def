import { describe, expect, test } from 'vitest';
import { refusePlaintext, refusePlaintextAddress } from '../../../src/lib/uri/plaintext.ts';
import { readTarget } from '../../../src/lib/uri/target.ts';

describe('where a connection string leads', () => {
  test('hosts with their ports', () => {
    expect(readTarget('mongodb://A.example.com,b.example.com:1,[::1]:2/?replicaSet=rs0')).toEqual({
      hosts: [
        { host: 'a.example.com', port: 27017 },
        { host: 'b.example.com', port: 1 },
        { host: '::1', port: 2 },
      ],
      srv: null,
      tls: 'off',
      unverifiedBy: null,
      tlsFiles: { ca: null, crl: null, certificateKey: null, certificateKeyPassword: null },
      replicaSet: 'rs0',
      proxy: null,
    });
  });

  test('a name for SRV records, with TLS', () => {
    expect(readTarget('mongodb+srv://Db.example.net/?srvServiceName=other&srvMaxHosts=2')).toMatchObject({
      hosts: [],
      srv: { host: 'db.example.net', record: '_other._tcp.db.example.net', maxHosts: 2 },
      tls: 'verified',
    });
  });

  test('a proxy and files', () => {
    const target = readTarget(
      'mongodb://localhost/?proxyHost=127.0.0.1&proxyPort=9&proxyUsername=u&proxyPassword=p&tlsCAFile=/ca.pem&tlsCertificateKeyFile=/me.pem',
    );
    expect(target.proxy).toMatchObject({ host: '127.0.0.1', port: 9, username: 'u' });
    expect(target.proxy?.password?.reveal()).toBe('p');
    expect(JSON.stringify(target)).not.toContain('"p"');
    expect(target.tlsFiles).toMatchObject({ ca: '/ca.pem', certificateKey: '/me.pem' });
  });

  test.each([
    ['mongodb://h/?tls=true', 'verified'],
    ['mongodb://h/?ssl=true', 'verified'],
    ['mongodb://h/?tls=true&ssl=false', 'off'],
    ['mongodb://h/?tls=TRUE', 'off'],
    ['mongodb+srv://h.example.net/?tls=false', 'off'],
    ['mongodb+srv://h.example.net/', 'verified'],
    ['mongodb://h/?tls=true&tlsInsecure=true', 'unverified'],
    ['mongodb://h/?tls=true&TLSAllowInvalidHostnames=true', 'unverified'],
    ['mongodb+srv://h.example.net/?tlsAllowInvalidCertificates=1', 'unverified'],
    ['mongodb://h/?tls=true&tlsAllowInvalidCertificates=false', 'verified'],
  ])('%s: TLS is %s', (uri, tls) => {
    expect(readTarget(uri).tls).toBe(tls);
  });

  test.each([
    'mongodb://%2Ftmp%2Fmongodb.sock/',
    'mongodb://h:0/',
    'mongodb://h:65536/',
    'mongodb://a b/',
    'mongodb://a%1bb/',
  ])('%s has no usable host', (uri) => {
    expect(() => readTarget(uri)).toThrow(expect.objectContaining({ code: 'mongo.uri-invalid' }));
  });
});

describe('without verified TLS', () => {
  test.each([
    'mongodb://localhost:1/',
    'mongodb://127.0.0.1,127.8.9.1:3,[::1]/',
    'mongodb://localhost/?tls=true&tlsInsecure=true',
    'mongodb://localhost/?proxyHost=127.0.0.1',
  ])('%s is this machine', (uri) => {
    expect(() => refusePlaintext(readTarget(uri))).not.toThrow();
  });

  test.each([
    ['mongodb://db.example.com/', 'Refused to log in to db.example.com:27017 without TLS.'],
    ['mongodb://localhost,10.0.0.1:5/', 'Refused to log in to 10.0.0.1:5 without TLS.'],
    ['mongodb://localhost.example.com/', 'Refused to log in to localhost.example.com:27017 without TLS.'],
    ['mongodb+srv://db.example.com/?tls=false', 'Refused to log in to db.example.com without TLS.'],
    [
      'mongodb://localhost/?proxyHost=proxy.example.com',
      'Refused to log in to proxy.example.com:1080 without TLS.',
    ],
    ['mongodb://0.0.0.0/', 'Refused to log in to 0.0.0.0:27017 without TLS.'],
    ['mongodb://2130706433/', 'Refused to log in to 2130706433:27017 without TLS.'],
  ])('%s is refused', (uri, message) => {
    expect(() => refusePlaintext(readTarget(uri))).toThrow(
      expect.objectContaining({
        code: 'mongo.plaintext-refused',
        exitCode: 2,
        message,
        remedy: 'use mongodb+srv://, or add tls=true, and name a private CA with tlsCAFile=<file>',
      }),
    );
  });

  test('an option that leaves TLS unverified is named', () => {
    expect(() =>
      refusePlaintext(readTarget('mongodb+srv://db.example.com/?tlsAllowInvalidHostnames=true')),
    ).toThrow(
      expect.objectContaining({
        code: 'mongo.plaintext-refused',
        message:
          'Refused to log in to db.example.com over TLS that tlsAllowInvalidHostnames leaves unverified.',
        remedy: 'leave out tlsAllowInvalidHostnames, and name a private CA with tlsCAFile=<file>',
      }),
    );
  });

  test('a resolver that says localhost is elsewhere is not believed', () => {
    const target = readTarget('mongodb://localhost/');
    const asked = { host: 'localhost', port: 27017 };
    expect(() => refusePlaintextAddress(target, asked, ['127.0.0.1', '::1'])).not.toThrow();
    expect(() => refusePlaintextAddress(target, asked, ['127.0.0.1', '203.0.113.9'])).toThrow(
      'Refused to log in to localhost:27017 (203.0.113.9) without TLS.',
    );
  });
});
