import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNameServer } from '../../../src/lib/core/hosts.ts';
import { nameServer } from '../../../src/lib/net/name-server.ts';
import { type LabDns, startDns } from '../../../src/sandbox/dns/dns-server.ts';
import { LabLog } from '../../../src/sandbox/log.ts';

describe('the address of a DNS server', () => {
  test.each([
    ['127.0.0.1:5353', '127.0.0.1:5353'],
    ['127.0.0.1', '127.0.0.1:53'],
    ['[::1]:5353', '[::1]:5353'],
    ['[::1]', '[::1]:53'],
    ['::1', '[::1]:53'],
    ['localhost:53', null],
    ['dns.example.com', null],
    ['127.0.0.1:0', null],
    ['127.0.0.1:65536', null],
    ['[127.0.0.1]:53', null],
    ['999.1.1.1:53', null],
    ['', null],
  ])('%j is read as %j', (text, server) => {
    expect(readNameServer(text)).toBe(server);
  });
});

describe('a DNS server of our own choice', () => {
  const log = new LabLog(() => new Date(0));
  let dns: LabDns;

  beforeAll(async () => {
    dns = await startDns(
      {
        'db.example.test': { A: ['192.0.2.1', '192.0.2.2'], TXT: ['a=1'] },
        '_mongodb._tcp.example.test': { SRV: [{ target: 'db.example.test', port: 1 }] },
        'text.example.test': { TXT: ['only'] },
      },
      log,
    );
  });
  afterAll(() => dns.close());

  test('is asked for everything but addresses and localhost', async () => {
    const resolver = nameServer(dns.address);
    expect(await resolver.addresses('db.example.test')).toEqual([
      { address: '192.0.2.1', family: 4 },
      { address: '192.0.2.2', family: 4 },
    ]);
    expect(await resolver.txt('db.example.test')).toEqual(['a=1']);
    expect(await resolver.srv('_mongodb._tcp.example.test')).toMatchObject([
      { name: 'db.example.test', port: 1 },
    ]);
    const asked = log.entries().length;
    expect(await resolver.addresses('localhost')).toEqual([
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
    ]);
    expect(await resolver.addresses('192.0.2.9')).toEqual([{ address: '192.0.2.9', family: 4 }]);
    expect(await resolver.addresses('[::1]')).toEqual([{ address: '::1', family: 6 }]);
    expect(log.entries()).toHaveLength(asked);
  });

  test("fails with Node's own codes", async () => {
    const resolver = nameServer(dns.address);
    await expect(resolver.addresses('nowhere.example.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.addresses('text.example.test')).rejects.toMatchObject({ code: 'ENODATA' });
    const closed = await startDns({}, log);
    await closed.close();
    await expect(nameServer(closed.address).addresses('db.example.test')).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });
});
