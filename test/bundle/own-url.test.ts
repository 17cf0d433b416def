import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

// The bundle parses connection strings with the URL of Node.js, where the driver brings one of its own: whatwg-url.

const driver = createRequire(createRequire(import.meta.url).resolve('mongodb-connection-string-url'));
const { URL: DriverUrl } = driver('whatwg-url') as { readonly URL: typeof URL };

const PARTS = [
  'href',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;

/** Everything that one of the two reads in a text, or that it reads nothing. */
function readBy(Parser: typeof URL, text: string) {
  try {
    const url = new Parser(text);
    const parts = Object.fromEntries(PARTS.map((part) => [part, url[part]]));
    // The driver adds and removes options.
    const options = [...url.searchParams];
    url.searchParams.set('appName', 'a b&c=ü');
    return { ...parts, options, changed: url.toString() };
  } catch (error) {
    return error instanceof TypeError ? 'invalid' : error;
  }
}

function expectSame(text: string): void {
  expect({ text, read: readBy(URL, text) }).toEqual({ text, read: readBy(DriverUrl, text) });
}

/** What the driver's own package puts in the place of the hosts before it parses. */
const STAND_IN = '__this_is_a_placeholder__';

const HOSTS = [
  STAND_IN,
  'localhost',
  'LOCALHOST',
  'Cluster0.AB12.mongodb.net',
  'cluster0.example.mongodb.net.',
  'under_score.example',
  '-dash.example',
  'a..b',
  '.example',
  '127.0.0.1',
  '127.1',
  '0x7f.0.0.1',
  '2130706433',
  '256.256.256.256',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[2001:DB8::1]',
  '[::1',
  '[fe80::1%25eth0]',
  '%2Ftmp%2Fmongodb-27017.sock',
  'b%C3%BCcher.example',
  'bücher.example',
  'xn--bcher-kva.example',
  'xn--a',
  'ﬀ.example',
  'faß.de',
  'a\u00adb.example',
  'a\u200db.example',
  '例え.jp',
  'a b',
  'a%20b',
  'a^b',
  'a|b',
  'a<b>',
  'a\tb',
  'a\nb',
  'a\u0000b',
  '%',
  '%zz',
  '',
  'x'.repeat(300),
];

describe.each(['mongodb', 'mongodb+srv', 'https'])('%s://', (scheme) => {
  test.each(HOSTS)('%j is the same host for both', (host) => {
    for (const port of ['', ':27017', ':0', ':65536', ':x', ':'])
      for (const user of ['', 'u@', 'u:p@', 'u%40x:p%2Fq@', 'arn:aws:iam::123456789012:user/x@', 'ü:é@'])
        expectSame(`${scheme}://${user}${host}${port}/db?tls=true&readPreferenceTags=a:b&x=%C3%BC&y=a+b`);
  });

  // Without ^ and dot segments in a path, on which the two differ: fedctl gives the driver no path.
  test('any text reads the same by both', () => {
    const odd = fc.string({
      unit: fc.constantFrom(...'abZ019.-_~%25@:/?#[]&=+,; \\\t|<>"\'{}üß例\u00ad\u200d\u0000'),
      maxLength: 24,
    });
    fc.assert(
      fc.property(odd, odd, odd, (user, host, rest) => {
        const withoutDots = (path: string) => path.replace(/\.|%2e/gi, '');
        expectSame(`${scheme}://${user}@${host}/${withoutDots(rest)}`);
        expectSame(`${scheme}://${host.replace(/\/.*/s, withoutDots)}?${rest}`);
      }),
      { numRuns: 3000 },
    );
  });
});
