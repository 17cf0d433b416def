import { describe, expect, test } from 'vitest';
import { matches, patternsOf } from '../../../src/lib/failures/match.ts';
import { CODES, pageOf } from '../../../src/lib/failures/pages.ts';
import { pasted } from '../../../src/lib/failures/pasted.ts';

const PATTERNS = patternsOf(CODES.map(pageOf));
const ISSUER = 'a1b2c3d4-0000-4000-8000-000000000001.tokens.sts.global.api.aws';

const HOSTS = [
  ['sts.amazonaws.com', 'aws'],
  ['sts.eu-west-1.amazonaws.com', 'aws'],
  ['iam.amazonaws.com', 'aws'],
  ['portal.sso.eu-west-1.amazonaws.com', 'aws'],
  ['sts.cn-north-1.amazonaws.com.cn', 'aws'],
  [ISSUER, 'issuer'],
  ['cloud.mongodb.com', 'atlas'],
] as const;

const TEXTS: readonly (readonly [string, (host: string) => string])[] = [
  ['unreachable', (host) => `dial tcp: lookup ${host} on 10.0.0.2:53: no such host`],
  ['unreachable', (host) => `dial tcp: lookup ${host} on 10.0.0.2:53: server misbehaving`],
  ['unreachable', (host) => `Error: getaddrinfo EAI_AGAIN ${host}`],
  ['unreachable', (host) => `connect ECONNREFUSED ${host}:443`],
  ['unreachable', (host) => `Failed to resolve '${host}' ([Errno -2] Name or service not known)`],
  ['timeout', (host) => `Post "https://${host}/": dial tcp 10.1.2.3:443: i/o timeout`],
  ['tls-failed', (host) => `Post "https://${host}/": x509: certificate signed by unknown authority`],
  [
    'tls-failed',
    (host) => `request to https://${host}/ failed, reason: self-signed certificate in certificate chain`,
  ],
];

describe('a failure of the network belongs to whose host the text names', () => {
  test.each(HOSTS.flatMap(([host, area]) => TEXTS.map(([kind, text]) => [text(host), `${area}.${kind}`])))(
    '%s',
    (text, code) => {
      expect(matches(PATTERNS, pasted(text), 5)[0]?.code).toBe(code);
    },
  );

  test('a host of a cluster decides, whatever else a log speaks of', () => {
    const log = `token from sts.eu-west-1.amazonaws.com\ndial tcp: lookup c0-shard-00-00.abcde.mongodb.net: no such host`;
    expect(matches(PATTERNS, pasted(log), 5)[0]?.code).toBe('mongo.dns-failed');
  });
});
