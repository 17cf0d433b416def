// A MongoClient that logs in with tokens for the role of this function.
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';
import { MongoClient, type OIDCCallbackParams, type OIDCResponse } from 'mongodb';

const { MONGODB_URI = '', OIDC_AUDIENCE = '', TOKEN_SECONDS = '300' } = process.env;

const sts = new STSClient();

let kept: MongoClient | undefined;

/** The driver calls this function for the first login, and when the server requests a new login because the token has expired. */
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

/** Returns the same client for every invocation. Its connections stay open, and the driver logs in again if necessary. */
export function client(): MongoClient {
  kept ??= new MongoClient(MONGODB_URI, {
    authMechanism: 'MONGODB-OIDC',
    // Hosts outside the Atlas domains also require ALLOWED_HOSTS here.
    authMechanismProperties: { OIDC_CALLBACK: tokenOfAws },
    // Each instance of the function handles one invocation at a time.
    maxPoolSize: 1,
    serverSelectionTimeoutMS: 10_000,
  });
  return kept;
}
