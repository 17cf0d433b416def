// What a program of its own would do to mint a token: the AWS SDK and nothing else.
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';

const sts = new STSClient({});
const { WebIdentityToken } = await sts.send(
  new GetWebIdentityTokenCommand({ Audience: [process.env.FEDCTL_AUDIENCE], SigningAlgorithm: 'RS256' }),
);
process.stdout.write(`${WebIdentityToken}\n`);
