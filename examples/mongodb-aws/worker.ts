// Logs in by MONGODB-AWS with whatever credentials the platform gives to its workloads, and says as whom.
import { MongoClient } from 'mongodb';

// No user and no password: the driver asks the AWS SDK (@aws-sdk/credential-providers), which finds the platform.
const client = new MongoClient(process.env['MONGODB_URI'] ?? '', {
  authMechanism: 'MONGODB-AWS',
  serverSelectionTimeoutMS: 10_000,
});

try {
  const status = await client.db('admin').command({ connectionStatus: 1 });
  await client.db('sample_db').collection('items').insertOne({ message: 'Hello by MONGODB-AWS' });
  process.stdout.write(`${status['authInfo'].authenticatedUsers[0].user}\n`);
} finally {
  await client.close();
}
