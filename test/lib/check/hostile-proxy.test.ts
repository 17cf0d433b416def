import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import {
  type Diagnosis,
  diagnose,
  moveIssuer,
  secretsOf,
  startHealthyLab,
  TOKEN,
} from '../../support/hostile-check.ts';
import * as hostile from '../../support/hostile-server.ts';
import { type Behavior, http } from '../../support/hostile-server.ts';
import { closedPort } from '../../support/listen.ts';

/** Proxies on the way: what they do is never blamed on what is behind them. */

let lab: Lab;

beforeAll(async () => {
  lab = await startHealthyLab();
  await diagnose(lab.env);
});
afterAll(() => lab.close());

const PASSWORD = 'hunter2';
const STS = 'https://sts.eu-central-1.amazonaws.test';
const ATLAS = 'https://cloud.mongodb.test';
const ISSUER = 'https://tokens.example.test';

/** `fedctl check` with one hop behind this proxy, and everything else on loopback, which never goes through one. */
async function through(
  hop: 'STS' | 'Atlas' | 'issuer',
  port: number,
  slow: boolean,
  more: object = {},
): Promise<Diagnosis> {
  if (hop === 'issuer') moveIssuer(lab, ISSUER);
  try {
    const env = {
      ...lab.env,
      HTTPS_PROXY: `http://user:${PASSWORD}@127.0.0.1:${port}`,
      ...{
        STS: { AWS_ENDPOINT_URL_STS: STS },
        Atlas: { FEDCTL_ATLAS_URL: ATLAS },
        issuer: { FEDCTL_ISSUER: ISSUER },
      }[hop],
      ...more,
    };
    const diagnosis = await diagnose(env, '--timeout', slow ? '3s' : '20s', '--fail-on', 'warn');
    expect(diagnosis.exit).toBe(5);
    expect(diagnosis.seconds).toBeLessThan(12);
    expect(JSON.stringify(diagnosis.checks)).not.toContain(PASSWORD);
    return diagnosis;
  } finally {
    if (hop === 'issuer') moveIssuer(lab, lab.env['FEDCTL_ISSUER'] ?? '');
  }
}

const CHECKS = { STS: 'aws.identity', Atlas: 'atlas.api', issuer: 'issuer.discovery' } as const;
const PLACES = {
  STS: `STS in eu-central-1 (${STS})`,
  Atlas: 'the Atlas API at cloud.mongodb.test',
  issuer: 'tokens.example.test',
} as const;
const HOPS = ['STS', 'Atlas', 'issuer'] as const;

const NO_TUNNEL = 'the proxy did not open a tunnel (HTTP';

describe.each(HOPS)('a proxy before %s', (hop) => {
  const statuses = [302, 403, 502].map(
    (status) => [`answers ${status}`, hostile.answers(http(status)), `${NO_TUNNEL} ${status})`] as const,
  );
  const rows: readonly (readonly [string, Behavior, string])[] = [
    ...statuses,
    [
      'answers 403 with HTML',
      hostile.answers(http(403, { 'content-type': 'text/html' }, '<html>Blocked</html>')),
      `${NO_TUNNEL} 403)`,
    ],
    [
      'wants a password',
      hostile.answers(http(407, { 'proxy-authenticate': 'Basic' })),
      'the proxy requires a user and a password (HTTP 407)',
    ],
  ];
  test.each(rows)('that %s', async (_what, behave, says) => {
    const proxy = await hostile.hostileServer(behave);
    try {
      const found = (await through(hop, proxy.port, false)).check(CHECKS[hop]);
      expect([found?.code, found?.detail]).toEqual([
        `${hop === 'STS' ? 'aws' : hop.toLowerCase()}.unreachable`,
        `Cannot reach ${PLACES[hop]}: ${says}.`,
      ]);
      expect(found?.remedy).toMatch(
        /^(?:The operator of the proxy must allow the host\.|Set HTTPS_PROXY with the user and the password)/,
      );
      // The proxy learns where to, and who asks it; nothing of what was for the server.
      for (const secret of secretsOf(lab.env)) expect(proxy.received()).not.toContain(secret);
      expect(proxy.received()).not.toMatch(/authorization: (AWS4|Bearer)|grant_type/i);
      expect(proxy.received()).not.toMatch(TOKEN);
    } finally {
      await proxy.close();
    }
  });

  test('that is silent', async () => {
    const proxy = await hostile.hostileServer(hostile.silent);
    try {
      const found = (await through(hop, proxy.port, true)).check(CHECKS[hop]);
      expect(found?.code).toBe(`${hop === 'STS' ? 'aws' : hop.toLowerCase()}.timeout`);
    } finally {
      await proxy.close();
    }
  });

  test('that is not there', async () => {
    const found = (await through(hop, await closedPort(), false)).check(CHECKS[hop]);
    expect(found?.detail).toBe(
      `Cannot reach ${PLACES[hop]}: the proxy is unreachable: the connection was refused (ECONNREFUSED).`,
    );
  });

  test('that closes is not asked again and again', async () => {
    const proxy = await hostile.hostileServer(hostile.afterFirstBytes(hostile.closes));
    try {
      const found = (await through(hop, proxy.port, true)).check(CHECKS[hop]);
      expect(found?.code).toMatch(/\.(unreachable|timeout)$/);
      expect(proxy.connections()).toBeLessThan(20);
    } finally {
      await proxy.close();
    }
  });

  test('that NO_PROXY leaves out is not asked', async () => {
    const proxy = await hostile.hostileServer(hostile.answers(http(403)));
    try {
      const { check } = await through(hop, proxy.port, true, { NO_PROXY: '.test' });
      expect(check(CHECKS[hop])?.detail).not.toContain('proxy');
      expect(proxy.connections()).toBe(0);
    } finally {
      await proxy.close();
    }
  });
});

describe('a SOCKS5 proxy before the cluster', () => {
  const method = Buffer.from([5, 0]);
  const wantsPassword: Behavior = (socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 2]));
      // Whatever comes is wrong (RFC 1929, 2).
      socket.once('data', () => socket.end(Buffer.from([1, 1])));
    });
  };
  const replies =
    (code: number): Behavior =>
    (socket) => {
      socket.once('data', () => {
        socket.write(method);
        socket.once('data', () => socket.write(Buffer.from([5, code, 0, 1, 0, 0, 0, 0, 0, 0])));
      });
    };
  const rows: readonly (readonly [string, Behavior, string, boolean])[] = [
    ['is silent', hostile.silent, 'it timed out', true],
    ['stalls half-way', hostile.stallsAfter(method), 'it timed out', true],
    ['closes', hostile.closes, 'it closed the connection', false],
    ['resets when asked', hostile.afterFirstBytes(hostile.resets), 'it closed the connection', false],
    ['speaks HTTP', hostile.answers(http(400)), 'the server does not use SOCKS5', false],
    [
      'speaks SOCKS4',
      hostile.stallsAfter(Buffer.from([0, 91, 0, 0, 0, 0, 0, 0])),
      'the server does not use SOCKS5',
      false,
    ],
    ['wants a password', wantsPassword, 'it requires a valid user name and password', false],
    [
      'takes nobody',
      hostile.stallsAfter(Buffer.from([5, 255])),
      'it requires a valid user name and password',
      false,
    ],
    [
      'has a rule against it',
      replies(2),
      'it returned: the rules of the proxy do not allow the connection',
      false,
    ],
    [
      'finds no way',
      replies(4),
      'it returned: the proxy has no route to the host, or cannot resolve the host name',
      false,
    ],
    [
      'is refused by the cluster',
      replies(5),
      'it returned: the host refused the connection from the proxy',
      false,
    ],
  ];
  test.concurrent.each(rows)('that %s', async (_what, behave, says, slow) => {
    const proxy = await hostile.hostileServer(behave);
    try {
      const uri = `mongodb://db.example.test/?tls=true&proxyHost=127.0.0.1&proxyPort=${proxy.port}`;
      const args = ['--timeout', slow ? '3s' : '20s'];
      const { exit, first, seconds, with: ended } = await diagnose({ ...lab.env, FEDCTL_URI: uri }, ...args);
      expect([exit, first?.id, first?.code, first?.detail]).toEqual([
        5,
        'mongo.tcp',
        'mongo.proxy-failed',
        `db.example.test:27017 is unreachable through the SOCKS5 proxy: ${says}.`,
      ]);
      expect(ended('pass')).toEqual(expect.arrayContaining(['sts.mint', 'jwt.signature', 'mongo.dns']));
      expect(seconds).toBeLessThan(12);
      expect(proxy.received()).not.toMatch(TOKEN);
    } finally {
      await proxy.close();
    }
  });
});
