import { describe, expect, test } from 'vitest';
import { proxyFor } from '../../../src/lib/net/proxy.ts';

const PROXY = 'http://proxy.example:3128';

function through(url: string, env: Readonly<Record<string, string>>): string | null {
  return proxyFor(new URL(url), env)?.href ?? null;
}

describe('which proxy', () => {
  test.each<[string, string, Record<string, string>, string | null]>([
    ['none is set', 'https://a.example', {}, null],
    ['HTTPS_PROXY', 'https://a.example', { HTTPS_PROXY: PROXY }, `${PROXY}/`],
    ['the lower-case name', 'https://a.example', { https_proxy: PROXY }, `${PROXY}/`],
    [
      'the lower-case name wins',
      'https://a.example',
      { https_proxy: PROXY, HTTPS_PROXY: 'http://other' },
      `${PROXY}/`,
    ],
    ['and wins when empty', 'https://a.example', { https_proxy: '', HTTPS_PROXY: PROXY }, null],
    ['without a scheme', 'https://a.example', { HTTPS_PROXY: 'proxy.example:3128' }, `${PROXY}/`],
    [
      'over TLS, with a password',
      'https://a.example',
      { HTTPS_PROXY: 'https://u:p@proxy.example' },
      'https://u:p@proxy.example/',
    ],
    ['HTTPS_PROXY is not for http', 'http://a.example', { HTTPS_PROXY: PROXY }, null],
    ['HTTP_PROXY', 'http://a.example', { HTTP_PROXY: PROXY }, `${PROXY}/`],
    ['HTTP_PROXY of a CGI program', 'http://a.example', { HTTP_PROXY: PROXY, REQUEST_METHOD: 'GET' }, null],
    [
      'http_proxy of a CGI program',
      'http://a.example',
      { http_proxy: PROXY, REQUEST_METHOD: 'GET' },
      `${PROXY}/`,
    ],
  ])('%s', (_, url, env, expected) => {
    expect(through(url, env)).toBe(expected);
  });

  test.each([
    'https://127.0.0.1:8443',
    'https://127.8.9.1',
    'https://[::1]:8443',
    'https://localhost',
    'http://169.254.169.254/latest',
    'http://169.254.170.2',
    'http://169.254.170.23',
    'http://[fd00:ec2::23]',
  ])('%s never goes through one', (url) => {
    expect(through(url, { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY })).toBe(null);
  });
});

describe('NO_PROXY', () => {
  test.each<[string, string, boolean]>([
    ['*', 'https://a.example', true],
    ['a.example', 'https://a.example', true],
    ['A.Example', 'https://a.example', true],
    ['a.example', 'https://sub.a.example', true],
    ['a.example', 'https://nota.example', false],
    ['.a.example', 'https://sub.a.example', true],
    ['.a.example', 'https://a.example', true],
    ['*.a.example', 'https://sub.a.example', true],
    ['a.example', 'https://a.example.', true],
    ['b.example, a.example', 'https://a.example', true],
    ['b.example a.example', 'https://a.example', true],
    [' , ', 'https://a.example', false],
    ['.', 'https://a.example', false],
    ['a.example:443', 'https://a.example', true],
    ['a.example:8443', 'https://a.example', false],
    ['a.example:8443', 'https://a.example:8443', true],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3:443', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://10.example', false],
    ['2001:db8::1', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]', false],
    ['2001:db8::/32', 'https://[2001:db8:5::9]', true],
    ['2001:db8::/32', 'https://[2001:db9::1]', false],
  ])('"%s" for %s: %s', (list, url, isDirect) => {
    expect(through(url, { HTTPS_PROXY: PROXY, NO_PROXY: list }) === null).toBe(isDirect);
    expect(through(url, { HTTPS_PROXY: PROXY, no_proxy: list, NO_PROXY: 'other' }) === null).toBe(isDirect);
  });
});

describe('a proxy that is none', () => {
  test.each<[string, string]>([
    ['http://', 'Invalid proxy in HTTPS_PROXY: it is not a valid URL.'],
    [
      'socks5://user:secret@proxy.example',
      'Invalid proxy in HTTPS_PROXY: fedctl supports http: and https: proxies, not socks5:.',
    ],
    ...[
      'u:100%@h:1',
      'u:%C3%28@h:1',
      '50%:p@h:1',
      'CORP\\u:p@h:1',
      'http://u:1#x@h:1',
      'u:1/x@h',
      'u:1?x@h',
    ].map((value): [string, string] => [
      value,
      'Invalid proxy in HTTPS_PROXY: a special character in its user name or password is not percent-encoded (write \\ as %5C, % as %25, / as %2F, ? as %3F, # as %23).',
    ]),
  ])('%s', (value, message) => {
    expect(() => through('https://a.example', { HTTPS_PROXY: value })).toThrow(
      expect.objectContaining({
        code: 'net.proxy-invalid',
        message,
        remedy: 'Set HTTPS_PROXY to http://<host>:<port>, or unset it.',
        exitCode: 2,
      }),
    );
  });
});
