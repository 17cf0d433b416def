// Logs in with MONGODB-AWS and the AWS credentials of the platform, and prints the authenticated user.
import { MongoClient } from 'mongodb';

// Without user and password, the driver gets the credentials of the platform from the AWS SDK (@aws-sdk/credential-providers).
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
