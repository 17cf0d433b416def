import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadedLab, startLoadedLab } from '../../support/loaded-lab.ts';

/** Connections that log in at once. */
const CROWD = 500;

let lab: LoadedLab;
beforeAll(async () => {
  lab = await startLoadedLab();
});
afterAll(() => lab.close());

const MECHANISMS = {
  'MONGODB-OIDC': (token: string) => ({
    OIDC_CALLBACK: async () => ({ accessToken: token }),
    ALLOWED_HOSTS: ['127.0.0.1'],
  }),
  'MONGODB-AWS': () => ({
    AWS_CREDENTIAL_PROVIDER: async () => ({
      accessKeyId: lab.operator.accessKeyId,
      secretAccessKey: lab.operator.secretAccessKey.reveal(),
    }),
  }),
} as const;

test.each(['MONGODB-OIDC', 'MONGODB-AWS'] as const)(
  `${CROWD} connections of the driver log in by %s at once, and none is refused`,
  { timeout: 60_000 },
  async (mechanism) => {
    const token = await lab.token();
    lab.granted();
    const client = new MongoClient(`mongodb://127.0.0.1:${lab.mongoPort}/?authMechanism=${mechanism}`, {
      authMechanismProperties: MECHANISMS[mechanism](token),
      minPoolSize: CROWD,
      maxPoolSize: CROWD,
      maxConnecting: CROWD,
      serverSelectionTimeoutMS: 30_000,
    });
    try {
      // Each of them holds a connection of its own until all have one.
      const created = new Promise<void>((resolve) => {
        let ready = 0;
        client.on('connectionReady', () => {
          ready += 1;
          if (ready === CROWD) resolve();
        });
      });
      await client.connect();
      await Promise.all([
        created,
        ...Array.from({ length: CROWD }, () => client.db('admin').command({ ping: 1 })),
      ]);
      const refusals = lab.lab.log.entries().filter(({ decision }) => decision === 'refused');
      expect(refusals).toEqual([]);
    } finally {
      await client.close();
    }
  },
);
