// A program that uses fedctl as a library with the real driver, as in the README. Runs inside a lab.
import { MongoClient } from 'mongodb';
import { isFedctlError, mongoOidcCallback, tokenSource } from '../../dist/lib/index.js';

const audience = process.env.FEDCTL_AUDIENCE;
const client = new MongoClient(process.env.FEDCTL_URI, {
  authMechanism: 'MONGODB-OIDC',
  authMechanismProperties: { OIDC_CALLBACK: mongoOidcCallback({ audience }) },
});
const { authInfo } = await client.db('admin').command({ connectionStatus: 1 });
await client.close();

const source = tokenSource({ audience, roleArn: 'arn:aws:iam::123456789012:role/app' });
const [first, second] = await Promise.all([source.get(), source.get()]);
const refused = await tokenSource({ audience, profile: 'no-mint' })
  .get()
  .catch((error) => (isFedctlError(error) ? error.code : 'not a FedctlError'));
process.stdout.write(
  JSON.stringify({
    user: authInfo.authenticatedUsers[0].user.replace(/^[0-9a-f]{24}/, '<idpId>'),
    subject: first.subject,
    mintedOnce: first.tokenId === second.tokenId,
    shown: `${first.token}`,
    refused,
  }),
);
