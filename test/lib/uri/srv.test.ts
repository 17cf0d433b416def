import { describe, expect, test } from 'vitest';
import { withSrvRecords } from '../../../src/lib/uri/srv.ts';

const TWO = {
  srv: [
    { name: 'a.example.net', port: 27017 },
    { name: 'B.example.net.', port: 27018 },
  ],
  txt: [],
};

describe('the plain connection string behind SRV records', () => {
  test('has the hosts of the records, and TLS', () => {
    expect(withSrvRecords('mongodb+srv://db.example.net/app?retryWrites=true', TWO)).toBe(
      'mongodb://a.example.net:27017,b.example.net:27018/app?retryWrites=true&tls=true',
    );
  });

  test('takes options of the TXT record that are not set; never authSource', () => {
    const txt = ['authSource=admin&replicaSet=atlas-x'];
    expect(withSrvRecords('mongodb+srv://db.example.net/', { ...TWO, txt })).toBe(
      'mongodb://a.example.net:27017,b.example.net:27018/?tls=true&replicaSet=atlas-x',
    );
    expect(withSrvRecords('mongodb+srv://db.example.net/?replicaSet=mine&ssl=true', { ...TWO, txt })).toBe(
      'mongodb://a.example.net:27017,b.example.net:27018/?replicaSet=mine&ssl=true',
    );
  });

  test('keeps to srvMaxHosts and leaves SRV options behind', () => {
    expect(
      withSrvRecords('mongodb+srv://db.example.net/?srvMaxHosts=1&srvServiceName=mongodb&tls=true', TWO),
    ).toBe('mongodb://a.example.net:27017/?tls=true');
  });

  test('a plain connection string stays as it is', () => {
    expect(withSrvRecords('mongodb://localhost/', TWO)).toBe('mongodb://localhost/');
  });
});

describe('records that are refused', () => {
  test.each([
    ['db.example.net', 'evil.com', 'The SRV records of db.example.net lead out of its domain, to evil.com.'],
    [
      'db.example.net',
      'notexample.net',
      'The SRV records of db.example.net lead out of its domain, to notexample.net.',
    ],
    [
      'db.example.net',
      'example.net',
      'The SRV records of db.example.net lead out of its domain, to example.net.',
    ],
    [
      'db.example.net',
      '127.0.0.1',
      'The SRV records of db.example.net lead out of its domain, to 127.0.0.1.',
    ],
    [
      'db.example.net',
      'localhost',
      'The SRV records of db.example.net lead out of its domain, to localhost.',
    ],
    ['example.net', 'other.net', 'The SRV records of example.net lead out of its domain, to other.net.'],
    [
      'db.example.net',
      'a@b.example.net',
      'The SRV records of db.example.net lead out of its domain, to a@b.example.net.',
    ],
  ])('%s that leads to %s', (host, name, message) => {
    const failing = () => withSrvRecords(`mongodb+srv://${host}/`, { srv: [{ name, port: 1 }], txt: [] });
    expect(failing).toThrow(
      expect.objectContaining({
        code: 'mongo.srv-failed',
        exitCode: 6,
        message,
        remedy: `nslookup -type=SRV _mongodb._tcp.${host}`,
      }),
    );
  });

  test('a name of two labels leads below itself', () => {
    expect(
      withSrvRecords('mongodb+srv://example.net/', { srv: [{ name: 'a.example.net', port: 1 }], txt: [] }),
    ).toBe('mongodb://a.example.net:1/?tls=true');
  });

  test.each([
    [{ ...TWO, srv: [] }, '_mongodb._tcp.db.example.net has no SRV records.'],
    [{ ...TWO, txt: ['replicaSet=a', 'replicaSet=b'] }, 'db.example.net has 2 TXT records where one may be.'],
    [{ ...TWO, txt: ['tls=false'] }, 'The TXT record of db.example.net sets "tls", which DNS may not set.'],
    [
      { ...TWO, txt: ['replicaSet='] },
      'The TXT record of db.example.net sets "replicaSet", which DNS may not set.',
    ],
  ])('%j', (records, message) => {
    expect(() => withSrvRecords('mongodb+srv://db.example.net/', records)).toThrow(message);
  });
});
