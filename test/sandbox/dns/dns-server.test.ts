import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { clusterRecords, MEMBER_HOST, SRV_HOST } from '../../../src/sandbox/dns/cluster-names.ts';
import { type LabDns, startDns } from '../../../src/sandbox/dns/dns-server.ts';
import { LabLog } from '../../../src/sandbox/log.ts';

let log: LabLog;
let dns: LabDns;
let resolver: Resolver;

beforeEach(async () => {
  log = new LabLog(() => new Date('2026-11-22T12:00:00Z'));
  dns = await startDns(clusterRecords(27017, 'atlas-lab-shard-0'), log);
  resolver = new Resolver({ timeout: 100, tries: 1 });
  resolver.setServers([dns.address]);
});

afterEach(() => dns.close());

describe("the lab's DNS server", () => {
  test('answers SRV, TXT and A as Atlas has them', async () => {
    expect(await resolver.resolveSrv(`_mongodb._tcp.${SRV_HOST}`)).toEqual([
      { name: MEMBER_HOST, port: 27017, priority: 0, weight: 0 },
    ]);
    expect(await resolver.resolveTxt(SRV_HOST)).toEqual([['authSource=admin&replicaSet=atlas-lab-shard-0']]);
    expect(await resolver.resolve4(MEMBER_HOST)).toEqual(['127.0.0.1']);
    expect(log.entries().map(({ action, decision }) => `${action} ${decision}`)).toEqual([
      'SRV _mongodb._tcp.cluster0.lab.fedctl.test allowed',
      'TXT cluster0.lab.fedctl.test allowed',
      'A cluster0-shard-00-00.lab.fedctl.test allowed',
    ]);
  });

  test('knows names in any case, and tells those that are not there from those without such a record', async () => {
    expect(await resolver.resolve4(MEMBER_HOST.toUpperCase())).toEqual(['127.0.0.1']);
    await expect(resolver.resolve6(MEMBER_HOST)).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolveTxt('example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    expect(log.entries().slice(1)).toMatchObject([
      { hop: 'dns', decision: 'refused', reason: 'NODATA: the name has no record of this type' },
      { hop: 'dns', decision: 'refused', reason: 'NXDOMAIN: the name does not exist' },
    ]);
  });

  test('can be changed while it runs, and can fail', async () => {
    dns.zone.set(SRV_HOST, { TXT: ['a=1', 'b=2'] });
    expect(await resolver.resolveTxt(SRV_HOST)).toEqual([['a=1'], ['b=2']]);
    dns.zone.delete(SRV_HOST);
    await expect(resolver.resolveTxt(SRV_HOST)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    dns.fault = 'server-failure';
    await expect(resolver.resolve4(MEMBER_HOST)).rejects.toMatchObject({ code: 'ESERVFAIL' });
    dns.fault = 'silent';
    await expect(resolver.resolve4(MEMBER_HOST)).rejects.toMatchObject({ code: 'ETIMEOUT' });
  });

  test('lets bytes that are no question pass', async () => {
    const client = createSocket('udp4');
    const port = Number(dns.address.split(':')[1]);
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('hello'),
      Buffer.alloc(12, 0xff),
      Buffer.alloc(500, 7),
    ]) {
      await new Promise<void>((resolve, reject) =>
        client.send(bytes, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
      );
    }
    expect(await resolver.resolve4(MEMBER_HOST)).toEqual(['127.0.0.1']);
    expect(log.entries()).toHaveLength(1);
    client.close();
  });
});
