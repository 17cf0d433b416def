import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificates } from '../../../src/sandbox/certificates.ts';
import {
  ALICE,
  type MongodFixture,
  SESSION,
  SUBJECT,
  saslStart,
  startMongodFixture,
  USER_ARN,
  USERNAME,
} from '../../support/mongod-fixture.ts';
import { WireClient } from '../../support/wire-client.ts';

const certificates = await createCertificates(new Date());
const tls = { tls: true, ca: certificates.ca };

describe.each([
  { name: 'standalone', replicaSet: null, encrypted: false, query: '' },
  { name: 'standalone with TLS on every hop', replicaSet: null, encrypted: true, query: '' },
  { name: 'replica set', replicaSet: 'lab0', encrypted: false, query: '&replicaSet=lab0' },
  {
    name: 'replica set with TLS on every hop',
    replicaSet: 'lab0',
    encrypted: true,
    query: '&replicaSet=lab0',
  },
])('the real driver on a $name', ({ replicaSet, encrypted, query }) => {
  let lab: MongodFixture;

  beforeAll(async () => {
    lab = await startMongodFixture({
      replicaSet,
      ...(encrypted && { tls: certificates, ca: certificates.ca, neighbors: certificates }),
    });
  });
  afterAll(() => lab.close());

  test('logs in by MONGODB-OIDC, writes and reads', async () => {
    const client = lab.driver(encrypted ? tls : {}, query);
    const visits = client.db('app').collection('visits');
    await visits.insertOne({ from: 'oidc' });
    expect(await visits.findOne({ from: 'oidc' }, { projection: { _id: 0 } })).toEqual({ from: 'oidc' });
    expect(await client.db('admin').command({ connectionStatus: 1 })).toMatchObject({
      authInfo: {
        authenticatedUsers: [{ user: USERNAME, db: '$external' }],
        authenticatedUserRoles: [{ role: 'atlasAdmin', db: 'admin' }],
      },
    });
    expect(lab.refusals()).toEqual([]);
  });

  test.each([
    { identity: ALICE, user: USER_ARN },
    { identity: SESSION, user: SUBJECT },
  ])('logs in by MONGODB-AWS as $user', async ({ identity, user }) => {
    const { accessKeyId, secretAccessKey, sessionToken } = identity;
    const client = new MongoClient(
      `mongodb://127.0.0.1:${lab.mongod.port}/?authMechanism=MONGODB-AWS&serverSelectionTimeoutMS=3000${query}`,
      {
        ...(encrypted && tls),
        authMechanismProperties: {
          AWS_CREDENTIAL_PROVIDER: async () => ({
            accessKeyId,
            secretAccessKey,
            ...(sessionToken !== undefined && { sessionToken }),
          }),
        },
      },
    );
    try {
      expect(await client.db('admin').command({ connectionStatus: 1 })).toMatchObject({
        authInfo: { authenticatedUsers: [{ user, db: '$external' }] },
      });
    } finally {
      await client.close();
    }
    expect(lab.refusals()).toEqual([]);
  });
});

test('an issuer and an STS whose certificates nobody vouches for are not believed', async () => {
  const lab = await startMongodFixture({ neighbors: certificates });
  try {
    const client = await WireClient.connect(lab.mongod.port);
    expect(await client.command(saslStart(await lab.token()), '$external')).toMatchObject({ code: 18 });
    client.close();
    const { accessKeyId, secretAccessKey } = ALICE;
    const driver = new MongoClient(`mongodb://127.0.0.1:${lab.mongod.port}/?authMechanism=MONGODB-AWS`, {
      authMechanismProperties: { AWS_CREDENTIAL_PROVIDER: async () => ({ accessKeyId, secretAccessKey }) },
    });
    await expect(driver.connect()).rejects.toMatchObject({ code: 18 });
    await driver.close();
    expect(lab.refusals()).toEqual([
      expect.stringMatching(/: the keys of https:\S+ cannot be fetched: .*certificate/),
      expect.stringMatching(/^STS is unreachable: .*certificate/),
    ]);
  } finally {
    await lab.close();
  }
});
