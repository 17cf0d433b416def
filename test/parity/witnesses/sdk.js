// Runs one row with the SDK's own chain: returns the access key that signs GetCallerIdentity.
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { fromNodeProviderChain } from '@aws-sdk/credential-providers';

const [option, profile] = process.argv.slice(2);
const named = option === '--profile' ? { profile } : {};
try {
  const client = new STSClient({ credentials: fromNodeProviderChain(named), ...named, maxAttempts: 1 });
  const { Arn, UserId } = await client.send(new GetCallerIdentityCommand({}));
  process.stdout.write(JSON.stringify({ Arn, UserId }));
} catch (error) {
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exitCode = 1;
}
