// A minimal program that logs in with an existing token, using only the MongoDB driver.
import { readFileSync } from 'node:fs';
import { MongoClient } from 'mongodb';

const client = new MongoClient(process.env.FEDCTL_URI, {
  authMechanism: 'MONGODB-OIDC',
  authMechanismProperties: {
    OIDC_CALLBACK: async () => ({
      accessToken: readFileSync(process.env.AZURE_FEDERATED_TOKEN_FILE, 'utf8'),
    }),
    ALLOWED_HOSTS: ['127.0.0.1'],
  },
});
await client.db('admin').command({ ping: 1 });
await client.close();
