import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificates } from '../../../../src/lib/sandbox/certificates.ts';
import {
  ALICE,
  type MongodFixture,
  SESSION,
  SUBJECT,
  startMongodFixture,
  USER_ARN,
  USERNAME,
} from '../../../support/mongod-fixture.ts';

const certificates = await createCertificates(new Date());
const tls = { tls: true, ca: certificates.ca };

describe.each([
  { name: 'standalone', replicaSet: null, encrypted: false, query: '' },
  { name: 'standalone with TLS', replicaSet: null, encrypted: true, query: '' },
  { name: 'replica set', replicaSet: 'lab0', encrypted: false, query: '&replicaSet=lab0' },
  { name: 'replica set with TLS', replicaSet: 'lab0', encrypted: true, query: '&replicaSet=lab0' },
])('the real driver on a $name', ({ replicaSet, encrypted, query }) => {
  let lab: MongodFixture;

  beforeAll(async () => {
    lab = await startMongodFixture({ replicaSet, ...(encrypted && { tls: certificates }) });
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
