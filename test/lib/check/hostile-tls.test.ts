import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { createTestCa, type ServerCertificate, type TestCa } from '../../support/certificates.ts';
import { diagnose, moveIssuer, secretsOf, startHealthyLab, TOKEN } from '../../support/hostile-check.ts';
import * as hostile from '../../support/hostile-server.ts';
import { type Behavior, http } from '../../support/hostile-server.ts';

/** TLS that stalls, breaks off, or proves to be somebody else. Nothing is said to such a server. */

const DAY = 86_400_000;
const HOPS = ['STS', 'Atlas', 'issuer', 'MongoDB'] as const;
type Hop = (typeof HOPS)[number];
const CHECKS: Readonly<Record<Hop, string>> = {
  STS: 'aws.identity',
  Atlas: 'atlas.api',
  issuer: 'issuer.discovery',
  MongoDB: 'mongo.tls',
};

let lab: Lab;
let ca: TestCa;
let bundle: string;

beforeAll(async () => {
  lab = await startHealthyLab();
  ca = await createTestCa();
  bundle = join(lab.directory, 'hostile-ca.pem');
  await writeFile(bundle, ca.pem);
  await diagnose(lab.env);
});
afterAll(async () => {
  await rm(bundle, { force: true });
  await lab.close();
});

interface Row {
  readonly what: string;
  readonly behave: Behavior;
  readonly certificate?: () => Promise<ServerCertificate>;
  /** The CA is trusted here. */
  readonly trusted?: true;
  readonly slow?: true;
  /** After the area, for HTTP; and the whole code of MongoDB. */
  readonly codes: readonly [http: string, mongo: string];
  /** Within the sentence, for HTTP. */
  readonly says: string;
  /** Of the command; of the sentence, where there is none. */
  readonly remedy: RegExp;
}

const answer = hostile.answers(http(200, {}, '{}'));
const dates = (from: number, to: number) => ({
  notBefore: new Date(Date.now() + from * DAY),
  notAfter: new Date(Date.now() + to * DAY),
});
const OPENSSL = /^openssl s_client -connect 127\.0\.0\.1:\d+/;
const CURL = /^curl -v /;
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 80]);

const ROWS: readonly Row[] = [
  {
    what: 'stalls after ClientHello',
    behave: hostile.silent,
    slow: true,
    codes: ['timeout', 'mongo.tls-timeout'],
    says: 'within 3 s',
    remedy: /--timeout 60s|^curl|^openssl/,
  },
  {
    what: 'closes after ClientHello',
    behave: hostile.afterFirstBytes(hostile.closes),
    codes: ['unreachable', 'mongo.tls-failed'],
    says: 'the connection was closed',
    remedy: CURL,
  },
  {
    what: 'resets after ClientHello',
    behave: hostile.afterFirstBytes(hostile.resets),
    codes: ['unreachable', 'mongo.tls-failed'],
    says: 'the connection was closed',
    remedy: CURL,
  },
  {
    what: 'speaks plain HTTP',
    behave: hostile.answers(http(400)),
    codes: ['tls-failed', 'mongo.tls-failed'],
    says: 'the server does not use TLS',
    remedy: OPENSSL,
  },
  {
    what: 'ends the handshake with an alert',
    behave: hostile.answers(ALERT),
    codes: ['tls-failed', 'mongo.tls-refused'],
    says: 'the server aborted the handshake with an alert',
    remedy: OPENSSL,
  },
  {
    what: 'has a certificate that nobody trusts',
    behave: answer,
    certificate: () => ca.issue(['127.0.0.1']),
    codes: ['tls-failed', 'mongo.tls-untrusted'],
    says: 'it has a certificate that is not trusted on this machine: 127.0.0.1, for 127.0.0.1, issued by fedctl test CA, valid from ',
    remedy: /^Set AWS_CA_BUNDLE to the path of a file that contains the CA certificate of the proxy\.$/,
  },
  {
    what: 'has a certificate that has expired',
    behave: answer,
    trusted: true,
    certificate: () => ca.issue(['127.0.0.1'], dates(-20, -1)),
    codes: ['tls-failed', 'mongo.tls-expired'],
    says: 'it has a certificate that expired on ',
    remedy: OPENSSL,
  },
  {
    what: 'has a certificate for later',
    behave: answer,
    trusted: true,
    certificate: () => ca.issue(['127.0.0.1'], dates(1, 20)),
    codes: ['tls-failed', 'mongo.tls-expired'],
    says: 'it has a certificate that is not valid before ',
    remedy: OPENSSL,
  },
  {
    what: 'has a certificate for another host name',
    behave: answer,
    trusted: true,
    certificate: () => ca.issue(['other.test']),
    codes: ['tls-failed', 'mongo.tls-name-mismatch'],
    says: 'it has a certificate for other names (other.test), issued by fedctl test CA, valid from ',
    remedy: OPENSSL,
  },
];

function lead(hop: Hop, port: number, trusted: boolean): Readonly<Record<string, string>> {
  const url = `https://127.0.0.1:${port}`;
  const trust: Readonly<Record<string, string>> = trusted ? { AWS_CA_BUNDLE: bundle } : {};
  switch (hop) {
    case 'STS':
      return { ...trust, AWS_ENDPOINT_URL_STS: url };
    case 'Atlas':
      return { ...trust, FEDCTL_ATLAS_URL: url };
    case 'issuer':
      moveIssuer(lab, url);
      return { ...trust, FEDCTL_ISSUER: url };
    case 'MongoDB': {
      const file = trusted ? `&tlsCAFile=${encodeURIComponent(bundle)}` : '';
      return { FEDCTL_URI: `mongodb://127.0.0.1:${port}/?tls=true${file}` };
    }
  }
}

async function judge(hop: Hop, row: Row): Promise<void> {
  const server = await hostile.hostileServer(row.behave, await row.certificate?.());
  const slow = row.slow === true;
  try {
    const env = { ...lab.env, ...lead(hop, server.port, row.trusted === true) };
    const { exit, check, seconds } = await diagnose(
      env,
      '--timeout',
      slow ? '3s' : '20s',
      '--fail-on',
      'warn',
    );
    const found = check(CHECKS[hop]);
    const area = { STS: 'aws', Atlas: 'atlas', issuer: 'issuer', MongoDB: '' }[hop];
    const code = hop === 'MongoDB' ? row.codes[1] : `${area}.${row.codes[0]}`;
    expect([exit, found?.code]).toEqual([5, code]);
    if (hop !== 'MongoDB') expect(found?.detail).toContain(row.says);
    if (hop !== 'MongoDB') expect(found?.command ?? found?.remedy).toMatch(row.remedy);
    expect(seconds).toBeLessThan(12);
    for (const secret of secretsOf(lab.env)) expect(server.received()).not.toContain(secret);
    expect(server.received()).not.toMatch(TOKEN);
    expect(server.received()).not.toMatch(/authorization:/i);
  } finally {
    await server.close();
    if (hop === 'issuer') moveIssuer(lab, lab.env['FEDCTL_ISSUER'] ?? '');
  }
}

describe.each(HOPS.filter((hop) => hop !== 'issuer'))('in the place of %s', (hop) => {
  test.concurrent.each(ROWS)('a server that $what', (row) => judge(hop, row));
});

describe('in the place of the issuer', () => {
  // One after the other: the lab has one issuer.
  test.each(ROWS)('a server that $what', (row) => judge('issuer', row));
});
