import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Lab } from '../../../src/sandbox/running-lab.ts';
import { diagnose, startHealthyLab } from '../../support/hostile-check.ts';
import { type Answering, hostileDns, leadsTo, response } from '../../support/hostile-dns.ts';
import { runInProcess } from '../../support/in-process.ts';

/** Name servers that fail, are silent or lie. */

let lab: Lab;

beforeAll(async () => {
  lab = await startHealthyLab();
  await diagnose(lab.env);
});
afterAll(() => lab.close());

async function resolveBy(answer: Answering, uri: string, slow: boolean) {
  const dns = await hostileDns(answer);
  try {
    const args = ['--dns-server', dns.address, '--timeout', slow ? '3s' : '20s'];
    const diagnosis = await diagnose({ ...lab.env, FEDCTL_URI: uri }, ...args);
    expect(diagnosis.exit).toBe(5);
    expect(diagnosis.seconds).toBeLessThan(12);
    expect(diagnosis.with('pass')).toEqual(
      expect.arrayContaining(['sts.mint', 'jwt.signature', 'atlas.oidc.database-user']),
    );
    expect(dns.asked).not.toEqual([]);
    const [, port = ''] = dns.address.split(':');
    // The free port is all of a remedy that differs from run to run.
    return { ...diagnosis.first, command: diagnosis.first?.command?.replace(port, '<port>') };
  } finally {
    await dns.close();
  }
}

const elsewhere: Answering = ({ id, type }) =>
  response({ id, type, name: 'other.test' }, 0, [{ type: 'A', name: 'other.test', data: '127.0.0.1' }]);
const MEMBER = leadsTo('a.example.test', 27017);
const FAILS = 'The DNS resolver is unreachable, refuses the query, or has an internal error.';
const SILENT = 'The DNS resolver is down, or a network device drops the packets.';
const ABSENT =
  'The name is misspelled, the cluster was deleted, or the DNS resolver has no record for the name.';
const ABSENT_SRV =
  'The name is misspelled, the cluster was deleted or renamed, or the DNS resolver does not answer SRV queries.';
const LIES = 'Either the record is wrong, or it does not come from the owner of the domain.';

const COMPARE =
  'Compare the host name with the connection string that Atlas shows for the cluster. Query the host name with nslookup.';

/** What it does; what is said of a host, and of an SRV record; and why. */
const ROWS: readonly (readonly [
  what: string,
  answer: Answering,
  host: string,
  srv: string,
  why: 'fails' | 'silent' | 'absent',
])[] = [
  ['says SERVFAIL', (question) => response(question, 2), 'failed', 'failed (ESERVFAIL)', 'fails'],
  ['says REFUSED', (question) => response(question, 5), 'failed', 'failed (EREFUSED)', 'fails'],
  ['says FORMERR', (question) => response(question, 1), 'failed', 'failed (EFORMERR)', 'fails'],
  ['answers garbage', () => Buffer.alloc(5, 9), 'failed', 'failed (EBADRESP)', 'fails'],
  [
    'cuts its answers short and has no TCP',
    (question) => response(question, 0x200),
    'failed',
    'failed (ECONNREFUSED)',
    'fails',
  ],
  ['is silent', () => null, 'timed out', 'timed out', 'silent'],
  ['answers another question', elsewhere, 'timed out', 'timed out', 'silent'],
  [
    'answers for another query',
    ({ id, ...rest }) => response({ id: (id + 1) % 65_536, ...rest }, 0),
    'timed out',
    'timed out',
    'silent',
  ],
  ['says NXDOMAIN', (question) => response(question, 3), '', '', 'absent'],
];

describe('a name server that', () => {
  test.concurrent.each(ROWS)('%s, for a host', async (_what, answer, host, _srv, why) => {
    const first = await resolveBy(answer, 'mongodb://db.example.test/?tls=true', why === 'silent');
    expect([first.id, first.code, first.detail, first.cause, first.remedy, first.command]).toEqual([
      'mongo.dns',
      'mongo.dns-failed',
      `db.example.test:27017 does not resolve: ${why === 'absent' ? 'the name does not exist' : `the DNS resolver ${host}`}.`,
      { fails: FAILS, silent: SILENT, absent: ABSENT }[why],
      COMPARE,
      'nslookup -port=<port> db.example.test 127.0.0.1',
    ]);
  });

  test.concurrent.each(ROWS)('%s, for a cluster', async (_what, answer, _host, srv, why) => {
    const first = await resolveBy(answer, 'mongodb+srv://db.example.test/', why === 'silent');
    const record = 'The SRV record _mongodb._tcp.db.example.test';
    expect([first.id, first.code, first.detail, first.cause, first.remedy, first.command]).toEqual([
      'mongo.dns',
      'mongo.srv-failed',
      why === 'absent'
        ? `${record} does not exist.`
        : `${record} cannot be resolved: the DNS resolver ${srv}.`,
      { fails: FAILS, silent: SILENT, absent: ABSENT_SRV }[why],
      COMPARE,
      'nslookup -port=<port> -type=SRV _mongodb._tcp.db.example.test 127.0.0.1',
    ]);
  });

  test.concurrent.each<[string, Answering, string, string, string]>([
    [
      'leads out of the domain',
      leadsTo('evil.example.org', 27017),
      'mongo.srv-failed',
      'The SRV records of db.example.test contain a host outside the requested domain: evil.example.org.',
      `${LIES} fedctl does not connect to this host.`,
    ],
    [
      'sets an option by TXT that it may not set',
      (question) =>
        question.type === 'TXT'
          ? response(question, 0, [{ type: 'TXT', name: question.name, data: ['tls=false'] }])
          : MEMBER(question),
      'mongo.srv-failed',
      'The TXT record of db.example.test sets "tls", an option that MongoDB does not allow in DNS.',
      LIES,
    ],
    [
      'fails for TXT only',
      (question) => (question.type === 'TXT' ? response(question, 2) : MEMBER(question)),
      'mongo.srv-failed',
      'The TXT record of db.example.test cannot be resolved: the DNS resolver failed (ESERVFAIL).',
      FAILS,
    ],
    [
      'fails for the member only',
      (question) => (question.type.startsWith('A') ? response(question, 2) : MEMBER(question)),
      'mongo.dns-failed',
      'a.example.test:27017 does not resolve: the DNS resolver failed.',
      FAILS,
    ],
  ])('%s', async (_what, answer, code, says, cause) => {
    const first = await resolveBy(answer, 'mongodb+srv://db.example.test/', false);
    expect([first.id, first.code, first.detail, first.cause]).toEqual(['mongo.dns', code, says, cause]);
  });

  test('leads elsewhere while TLS is off: refused before anybody is asked', async () => {
    const dns = await hostileDns(leadsTo('db.example.test', 27017, '203.0.113.9'));
    try {
      const env = { ...lab.env, FEDCTL_URI: 'mongodb://db.example.test/' };
      const { code, stdout, stderr } = await runInProcess(
        ['check', '--json', '--dns-server', dns.address],
        env,
      );
      expect([code, stdout, dns.asked]).toEqual([2, '', []]);
      expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'mongo.plaintext-refused' } });
    } finally {
      await dns.close();
    }
  });
});
