import { describe, expect, test } from 'vitest';
import { matches, patternsOf } from '../../../src/lib/failures/match.ts';
import { type ExplainedCode, symptoms } from '../../../src/lib/failures/page.ts';
import { CODES, pageOf } from '../../../src/lib/failures/pages.ts';
import { pasted } from '../../../src/lib/failures/pasted.ts';

const PATTERNS = patternsOf(CODES.map(pageOf));

function codesIn(text: string): readonly string[] {
  return matches(PATTERNS, pasted(text), 5).map(({ code }) => code);
}

/** A text with something in the place of each placeholder. */
function filled(text: string): string {
  return text.replace(/<[^<>]*>|…/g, 'x7-y.z');
}

const OWN = CODES.flatMap((code) =>
  symptoms(pageOf(code).shows).map(({ from, text }) => ({ code, from, text })),
);

/** A text that more than one failure has of its own leads to all of them. */
function ownersOf(text: string): readonly ExplainedCode[] {
  return OWN.filter((each) => each.text === text).map(({ code }) => code);
}

describe('each text, filled in, leads to its own code', () => {
  test.each(OWN)('$code, $from: $text', ({ text }) => {
    const log = `2026-11-27T02:13:07Z app[1] error: ${filled(text)}\n    at Object.<anonymous> (x.js:1:1)\n`;
    const first = ownersOf(text);
    expect(codesIn(log).slice(0, first.length)).toEqual(first);
  });
});

describe('what was pasted', () => {
  const MINT_DENIED =
    'AccessDenied: User: arn:aws:sts::123456789012:assumed-role/app/i-0abc is not authorized to perform: sts:GetWebIdentityToken on resource: arn:aws:sts::123456789012:self because no identity-based policy allows the sts:GetWebIdentityToken action';

  test('may be colored, have Windows line ends, and be wrapped in the middle of a message', () => {
    const colored = `\u001b[31merror\u001b[0m starting\r\n${MINT_DENIED.replace('authorized to', 'authorized\r\n  \u001b[2mto\u001b[0m')}\r\n`;
    const found = matches(PATTERNS, pasted(colored), 5);
    expect(found.map(({ code, line }) => ({ code, line }))).toEqual([{ code: 'sts.mint-denied', line: 2 }]);
  });

  test('may be a log of JSON lines, with quotation marks escaped', () => {
    const log = [
      '{"t":{"$date":"2026-11-27T02:13:07.123+00:00"},"s":"I","c":"NETWORK","msg":"Connection accepted"}',
      '{"t":{"$date":"2026-11-27T02:13:07.456+00:00"},"s":"I","c":"ACCESS","msg":"Failed to authenticate","attr":{"error":"UserNotFound: Could not find user \\"arn:aws:sts::123456789012:assumed-role/node/i-0abc\\" for db \\"$external\\""}}',
      'not JSON { at all',
    ].join('\n');
    const found = matches(PATTERNS, pasted(log), 5);
    expect(found.map(({ code, line }) => ({ code, line }))).toEqual([
      { code: 'mongo.aws-refused', line: 2 },
      { code: 'atlas.database-user-missing', line: 2 },
    ]);
  });

  test('may be JSON that escapes what others leave as it is', () => {
    const log = String.raw`{"Level":"Error","Message":"Value \u002759\u0027 at \u0027durationSeconds\u0027 failed to satisfy constraint: Member must have value greater than or equal to 60","Exception":"The OIDC user\u0027s Hostname/IP does not match certificate\u0027s altnames"}`;
    expect(codesIn(log).toSorted()).toEqual(['aws.request-refused', 'mongo.tls-name-mismatch']);
  });

  test('may be an error of fedctl, in either format: it names its code', () => {
    const human = `error: The server rejected the token and gave only the reason "Authentication failed." (18).
cause:  The server never says why.
code:   mongo.oidc-refused
`;
    const json = JSON.stringify({
      schema: 'fedctl.error/v1',
      error: {
        code: 'sts.federation-disabled',
        message: 'x',
        docs: 'fedctl explain sts.federation-disabled',
      },
    });
    expect(codesIn(human)[0]).toBe('mongo.oidc-refused');
    expect(codesIn(json)).toEqual(['sts.federation-disabled']);
  });

  test('may be a report of check: the first broken link comes first', () => {
    const report = `✗ the account issues tokens   sts.federation-disabled
✗ the token can be minted     sts.mint-denied
✗ the principal may log in    atlas.database-user-session-arn
1 failed: sts.federation-disabled`;
    expect(codesIn(report)).toEqual([
      'sts.federation-disabled',
      'sts.mint-denied',
      'atlas.database-user-session-arn',
    ]);
  });

  test('names a code by the whole of it only', () => {
    expect(codesIn('see my.sts.mint-denied.example and xsts.mint-denied')).toEqual([]);
    expect(codesIn('see sts.mint-denied.')).toEqual(['sts.mint-denied']);
  });

  test('a wrapper that others print too gives way to what is nested in it', () => {
    const wrapper =
      "MongooseServerSelectionError: Could not connect to any servers in your MongoDB Atlas cluster. One common reason is that you're trying to access the database from an IP that isn't whitelisted.";
    expect(codesIn(wrapper)).toEqual(['mongo.driver.mongoose-selection']);
    expect(
      codesIn(`${wrapper}\n  [cause]: MongoNetworkError: getaddrinfo ENOTFOUND cluster0.example.net`),
    ).toEqual(['mongo.dns-failed']);
  });

  test.each<[string, string, ExplainedCode]>([
    [
      'Java',
      'com.mongodb.MongoTimeoutException: Timed out after 30000 ms while waiting for a server that matches WritableServerSelector. Client view of cluster state is {type=REPLICA_SET, servers=[{address=h:27017, exception={com.mongodb.MongoSocketReadException: Prematurely reached end of stream}}]',
      'mongo.tls-failed',
    ],
    [
      'Go',
      'server selection error: server selection timeout, current topology: { Type: ReplicaSetNoPrimary, Servers: [{ Addr: h:27017, Type: Unknown, Last error: remote error: tls: internal error }, ] }',
      'mongo.tls-refused',
    ],
    [
      'Node.js',
      'MongoServerSelectionError: Server selection timed out after 30000 ms\n  reason: TopologyDescription {\n    error: MongoNetworkError: connect ECONNREFUSED 10.0.0.1:27017',
      'mongo.port-closed',
    ],
    [
      'a mongod',
      '{"s":"I","c":"ACCESS","id":5286307,"msg":"Failed to authenticate","attr":{"mechanism":"MONGODB-OIDC","error":"AuthenticationFailed: Token is expired","result":18}}',
      'jwt.expired',
    ],
  ])('what a driver gave up with gives way to why: %s', (_driver, text, code) => {
    expect(codesIn(text)[0]).toBe(code);
  });

  test('of two errors the last of a kind is named, and both are told', () => {
    const log = [
      'connect ECONNREFUSED 127.0.0.1:27017',
      'retrying',
      'connect ECONNREFUSED 127.0.0.1:27017',
      'OutboundWebIdentityFederation is disabled.',
    ].join('\n');
    expect(matches(PATTERNS, pasted(log), 5).map(({ code, line }) => [code, line])).toEqual([
      ['sts.federation-disabled', 4],
      ['mongo.port-closed', 3],
    ]);
  });

  test('what nobody knows leads nowhere', () => {
    expect(codesIn('Segmentation fault (core dumped)')).toEqual([]);
    expect(codesIn('')).toEqual([]);
  });
});

describe('a text of unfinished escape sequences', () => {
  const LENGTH = 2 ** 18;

  /** Of several runs the fastest, which the load of the machine disturbs least. */
  function fastest(text: string): number {
    const runs = Array.from({ length: 3 }, () => {
      const began = performance.now();
      pasted(text);
      return performance.now() - began;
    });
    return Math.min(...runs);
  }

  test.each([
    ['titles', '\u001b]'],
    ['links', '\u001b]8;;'],
    ['device strings', '\u001bPq'],
    ['colors', '\u001b[0;'],
    ['C1 titles', '\u009d0;\u001b'],
    ['C1 colors', '\u009b0'],
    ['character sets', '\u001b( '],
    ['one long parameter', `\u001b[${'0'.repeat(LENGTH / 2)}`],
    ['nothing', '\u001b'],
  ])(
    'takes about as long as a text of finished ones: %s',
    (_name, unit) => {
      const finished = '\u001b[0m'.repeat(LENGTH / 4);
      // A reader that takes quadratic time needs some thousand times as long.
      expect(fastest(unit.repeat(LENGTH / unit.length))).toBeLessThan(100 * fastest(finished));
    },
    600_000,
  );
});

describe('a hostile megabyte', () => {
  const MEGABYTE = 1 << 20;
  const long = OWN.map(({ text }) => filled(text)).sort((a, b) => b.length - a.length);

  test.each([
    ['one letter', 'a'.repeat(MEGABYTE)],
    ['blanks', ' '.repeat(MEGABYTE)],
    ['line breaks', '\n'.repeat(MEGABYTE)],
    ['open braces', '{'.repeat(MEGABYTE)],
    ['JSON that is deep', `${'{"a":'.repeat(MEGABYTE / 8)}1${'}'.repeat(MEGABYTE / 8)}`],
    ['escape sequences that never end', '\u001b[0;'.repeat(MEGABYTE / 4)],
    ['backslashes', '\\'.repeat(MEGABYTE)],
    ['quotation marks', '\\"'.repeat(MEGABYTE / 2)],
    ['the beginning of a message, over and over', 'User: x is not authorized to '.repeat(MEGABYTE / 29)],
    [
      'every part of a message but never in order',
      'failed to satisfy constraint: validation error detected: Value '.repeat(MEGABYTE / 63),
    ],
    ['all known texts, over and over', long.join('\n').repeat(Math.ceil(MEGABYTE / long.join('\n').length))],
  ])('%s takes less than three seconds of the processor', (_name, text) => {
    // What the processor did, not the clock: other programs run as well.
    const began = process.cpuUsage();
    matches(PATTERNS, pasted(text), 5);
    const { user, system } = process.cpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});
