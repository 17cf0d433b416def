import { describe, expect, test } from 'vitest';
import { program } from '../../../src/lib/core/command-line.ts';
import type { ConnectionString } from '../../../src/lib/core/connection-string.ts';
import { parseConnectionString } from '../../../src/lib/uri/connection-string.ts';
import { type SrvRecords, withSrvRecords } from '../../../src/lib/uri/srv.ts';

const TWO = {
  srv: [
    { name: 'a.example.net', port: 27017 },
    { name: 'B.example.net.', port: 27018 },
  ],
  txt: [],
};

function resolved(uri: string, records: SrvRecords): ConnectionString {
  return withSrvRecords(parseConnectionString(uri), records);
}

describe('the plain connection string behind SRV records', () => {
  test('has the hosts of the records, and TLS', () => {
    const uri = 'mongodb+srv://db.example.net/app?readPreference=nearest';
    expect(resolved(uri, TWO)).toEqual({
      ...parseConnectionString(uri),
      srv: null,
      hosts: [
        { host: 'a.example.net', port: 27017 },
        { host: 'b.example.net', port: 27018 },
      ],
    });
    expect(resolved(uri, TWO).tls).toBe('verified');
  });

  test('takes options of the TXT record that are not set; never authSource', () => {
    const txt = ['authSource=admin&replicaSet=atlas-x&loadBalanced=false'];
    expect(resolved('mongodb+srv://db.example.net/', { ...TWO, txt })).toMatchObject({
      replicaSet: 'atlas-x',
      driverOptions: [['loadBalanced', 'false']],
    });
    const own = 'mongodb+srv://db.example.net/?replicaSet=mine&LoadBalanced=true';
    expect(resolved(own, { ...TWO, txt })).toMatchObject({
      replicaSet: 'mine',
      driverOptions: [['loadBalanced', 'true']],
    });
  });

  test('keeps to srvMaxHosts', () => {
    const { hosts } = resolved('mongodb+srv://db.example.net/?srvMaxHosts=1', TWO);
    expect(hosts).toEqual([{ host: 'a.example.net', port: 27017 }]);
  });

  test('a name that ends in a dot has the same domain', () => {
    expect(resolved('mongodb+srv://db.example.net./', TWO).hosts).toHaveLength(2);
  });

  test('a plain connection string stays as it is', () => {
    const uri = parseConnectionString('mongodb://localhost/');
    expect(withSrvRecords(uri, TWO)).toBe(uri);
  });
});

describe('records that are refused', () => {
  test.each([
    [
      'db.example.net',
      'evil.com',
      'The SRV records of db.example.net contain a host outside the requested domain: evil.com.',
    ],
    [
      'db.example.net',
      'notexample.net',
      'The SRV records of db.example.net contain a host outside the requested domain: notexample.net.',
    ],
    [
      'db.example.net',
      'example.net',
      'The SRV records of db.example.net contain a host outside the requested domain: example.net.',
    ],
    [
      'db.example.net',
      '127.0.0.1',
      'The SRV records of db.example.net contain a host outside the requested domain: 127.0.0.1.',
    ],
    [
      'db.example.net',
      'localhost',
      'The SRV records of db.example.net contain a host outside the requested domain: localhost.',
    ],
    [
      'example.net',
      'other.net',
      'The SRV records of example.net contain a host outside the requested domain: other.net.',
    ],
    [
      'db.example.net',
      'a@b.example.net',
      'The SRV records of db.example.net contain a host outside the requested domain: a@b.example.net.',
    ],
  ])('%s that leads to %s', (host, name, message) => {
    const failing = () => resolved(`mongodb+srv://${host}/`, { srv: [{ name, port: 1 }], txt: [] });
    expect(failing).toThrow(
      expect.objectContaining({
        code: 'mongo.srv-failed',
        exitCode: 6,
        message,
        command: program('nslookup', '-type=SRV', `_mongodb._tcp.${host}`),
      }),
    );
  });

  test('a name of two labels leads below itself', () => {
    const srv = [{ name: 'a.example.net', port: 1 }];
    expect(resolved('mongodb+srv://example.net/', { srv, txt: [] }).hosts).toEqual([
      { host: 'a.example.net', port: 1 },
    ]);
  });

  test.each([
    [{ ...TWO, srv: [] }, '_mongodb._tcp.db.example.net has no SRV records.'],
    [
      { ...TWO, txt: ['replicaSet=a', 'replicaSet=b'] },
      'db.example.net has 2 TXT records, but only one is allowed.',
    ],
    [
      { ...TWO, txt: ['tls=false'] },
      'The TXT record of db.example.net sets "tls", an option that MongoDB does not allow in DNS.',
    ],
    [
      { ...TWO, txt: ['tls='] },
      'The TXT record of db.example.net sets "tls", an option that MongoDB does not allow in DNS.',
    ],
    [
      { ...TWO, txt: ['authSource=admin&replicaSet='] },
      'The TXT record of db.example.net sets "replicaSet" without a value.',
    ],
  ])('%j', (records, message) => {
    expect(() => resolved('mongodb+srv://db.example.net/', records)).toThrow(message);
  });
});
