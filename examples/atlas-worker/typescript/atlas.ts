// A MongoClient that logs in with tokens of the role that runs this function.
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { MongoClient, type OIDCCallbackParams, type OIDCResponse } from 'mongodb';

const { MONGODB_URI = '', OIDC_AUDIENCE = '', TOKEN_SECONDS = '300' } = process.env;

const sts = new STSClient();

let kept: MongoClient | undefined;

/** The driver calls it for the first login, and when the server asks for a new one: the token has expired. */
async function tokenOfAws({ timeoutContext }: OIDCCallbackParams): Promise<OIDCResponse> {
  const { WebIdentityToken } = await sts.send(
    new GetWebIdentityTokenCommand({
      Audience: [OIDC_AUDIENCE],
      DurationSeconds: Number(TOKEN_SECONDS),
      // MongoDB 7.0 and 8.0 accept RSA keys only.
      SigningAlgorithm: 'RS256',
    }),
    { abortSignal: timeoutContext },
  );
  if (WebIdentityToken === undefined) throw new Error('STS returned no token');
  return { accessToken: WebIdentityToken };
}

/** The same client for every invocation: its connections stay open, and log in again by themselves. */
export function client(): MongoClient {
  kept ??= new MongoClient(MONGODB_URI, {
    authMechanism: 'MONGODB-OIDC',
    // Hosts outside of Atlas's own domains also need ALLOWED_HOSTS here.
    authMechanismProperties: { OIDC_CALLBACK: tokenOfAws },
    // One invocation at a time uses one connection.
    maxPoolSize: 1,
    serverSelectionTimeoutMS: 10_000,
  });
  return kept;
}
