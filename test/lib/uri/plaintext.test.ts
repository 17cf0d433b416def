import { describe, expect, test } from 'vitest';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { plaintextMember, refusePlaintextAddress } from '../../../src/lib/uri/plaintext.ts';

describe('refuses connections to other hosts without verified TLS', () => {
  test.each([
    'mongodb://localhost:1/',
    'mongodb://127.0.0.1,127.8.9.1:3,[::1]/',
    'mongodb://[::ffff:127.0.0.1],[0:0:0:0:0:0:0:1]/',
    'mongodb://localhost/?tls=true&tlsInsecure=true',
    'mongodb://localhost/?proxyHost=127.0.0.1',
  ])('%s is this machine', (uri) => {
    expect(parseConnectionString(uri).tls).not.toBe('verified');
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
    ['mongodb://[::ffff:10.0.0.1]/', 'Refused to log in to [::ffff:a00:1]:27017 without TLS.'],
  ])('%s is refused', (uri, message) => {
    expect(() => parseConnectionString(uri)).toThrow(
      expect.objectContaining({
        code: 'mongo.plaintext-refused',
        exitCode: 2,
        message,
        remedy:
          'Use mongodb+srv://, or add tls=true. If the server has a certificate from a private CA, also add tlsCAFile=<file>.',
      }),
    );
  });

  test('an option that leaves TLS unverified is named', () => {
    expect(() =>
      parseConnectionString('mongodb+srv://db.example.com/?TLSAllowInvalidHostnames=true'),
    ).toThrow(
      expect.objectContaining({
        code: 'mongo.plaintext-refused',
        message: 'Refused to log in to db.example.com over unverified TLS (tlsAllowInvalidHostnames).',
        remedy: 'Remove tlsAllowInvalidHostnames, and set tlsCAFile=<file> for a private CA.',
      }),
    );
  });

  test('refuses a remote address that DNS returns for localhost', () => {
    const uri = parseConnectionString('mongodb://localhost/');
    const asked = { host: 'localhost', port: 27017 };
    expect(() => refusePlaintextAddress(uri, asked, ['127.0.0.1', '::1'])).not.toThrow();
    expect(() => refusePlaintextAddress(uri, asked, ['127.0.0.1', '203.0.113.9'])).toThrow(
      'Refused to log in to localhost:27017 (203.0.113.9) without TLS.',
    );
  });
});

describe('refuses replica set members on other hosts without verified TLS', () => {
  const plain = parseConnectionString('mongodb://localhost/');

  test.each(['127.0.0.1', '127.9.9.9', '::1', 'localhost'])('%s is this machine', (host) => {
    expect(plaintextMember(plain, { host, port: 1 })).toBeNull();
  });

  test.each(['10.0.0.1', '2001:db8::1', '0.0.0.0', 'db.example.net', 'localhost.'])(
    '%s gets nothing without TLS',
    (host) => {
      expect(plaintextMember(plain, { host, port: 1 })?.code).toBe('mongo.plaintext-refused');
    },
  );

  test('what is said names the member and the way', () => {
    const unverified = parseConnectionString('mongodb://localhost/?tls=true&tlsInsecure=true');
    expect(plaintextMember(unverified, { host: '2001:db8::1', port: 5 })).toMatchObject({
      code: 'mongo.plaintext-refused',
      exitCode: 2,
      message:
        'The server reports [2001:db8::1]:5 as a member of its replica set, but fedctl does not log in to this member over unverified TLS (tlsInsecure).',
      remedy:
        'In the connection string, use the names of the members as the hosts and set tls=true. To log in only to the host in the connection string, add directConnection=true.',
      details: { host: '[2001:db8::1]:5', tls: 'unverified' },
    });
  });

  test('with verified TLS any member is fine', () => {
    const verified = parseConnectionString('mongodb+srv://db.example.net/');
    expect(plaintextMember(verified, { host: 'other.example.org', port: 1 })).toBeNull();
  });
});
