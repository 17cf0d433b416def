// A minimal program that mints a token, using only the AWS SDK.
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';

const sts = new STSClient({});
const { WebIdentityToken } = await sts.send(
  new GetWebIdentityTokenCommand({ Audience: [process.env.FEDCTL_AUDIENCE], SigningAlgorithm: 'RS256' }),
);
process.stdout.write(`${WebIdentityToken}\n`);
