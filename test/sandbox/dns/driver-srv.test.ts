// The real driver by itself, without fedctl: SRV and TXT through the lab's DNS, hosts by its `lookup`.
import { getServers, setServers } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { MongoClient } from 'mongodb';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCertificates } from '../../../src/sandbox/certificates.ts';
import {
  CLUSTER_ZONE,
  clusterRecords,
  MEMBER_HOST,
  SRV_HOST,
  SRV_REPLICA_SET,
} from '../../../src/sandbox/dns/cluster-names.ts';
import { type LabDns, startDns } from '../../../src/sandbox/dns/dns-server.ts';
import { type MongodFixture, startMongodFixture, USERNAME } from '../../support/mongod-fixture.ts';

let lab: MongodFixture;
let dns: LabDns;
let client: MongoClient | undefined;
let before: string[];

async function start(names: readonly string[]): Promise<string> {
  const certificates = await createCertificates(new Date(), names);
  lab = await startMongodFixture({
    tls: certificates,
    replicaSet: SRV_REPLICA_SET,
    announcedHost: MEMBER_HOST,
  });
  dns = await startDns(clusterRecords(lab.mongod.port, SRV_REPLICA_SET), lab.log);
  // The driver asks the resolver of the whole process.
  setServers([dns.address]);
  return certificates.ca;
}

/** A client as a program would write it; the addresses of hosts do not come from the resolver but from `lookup`. */
function connect(ca: string): MongoClient {
  const resolver = new Resolver();
  resolver.setServers([dns.address]);
  client = new MongoClient(`mongodb+srv://${SRV_HOST}/?authMechanism=MONGODB-OIDC&authSource=$external`, {
    ca,
    serverSelectionTimeoutMS: 2000,
    lookup: (host, options, done) => {
      resolver.resolve4(host).then(
        ([address = '']) => (options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)),
        (error: NodeJS.ErrnoException) => done(error, '', 4),
      );
    },
    authMechanismProperties: {
      OIDC_CALLBACK: async () => ({ accessToken: await lab.token() }),
      ALLOWED_HOSTS: [`*.${CLUSTER_ZONE}`],
    },
  });
  return client;
}

beforeEach(() => {
  before = getServers();
});

afterEach(async () => {
  setServers(before);
  await client?.close();
  await Promise.all([lab.close(), dns.close()]);
});

test('logs in to the replica set that the TXT record names, under TLS for the name of its member', async () => {
  const driver = connect(await start([`*.${CLUSTER_ZONE}`]));
  expect(await driver.db('admin').command({ connectionStatus: 1 })).toMatchObject({
    authInfo: { authenticatedUsers: [{ user: USERNAME }] },
  });
  expect(driver.options.replicaSet).toBe(SRV_REPLICA_SET);
});

test('does not log in where the certificate is for another name', async () => {
  const driver = connect(await start([]));
  await expect(driver.connect()).rejects.toThrow(/does not match certificate's altnames/);
});

test('does not log in where the TXT record names another set', async () => {
  const ca = await start([`*.${CLUSTER_ZONE}`]);
  dns.zone.set(SRV_HOST, { TXT: ['authSource=admin&replicaSet=another'] });
  await expect(connect(ca).connect()).rejects.toMatchObject({ name: 'MongoServerSelectionError' });
});
