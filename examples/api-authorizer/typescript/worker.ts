// Worker: calls the API with a token of its own role.
import { GetWebIdentityTokenCommand, STSClient } from '@aws-sdk/client-sts';

const { API_ENDPOINT = '', AUDIENCE = '' } = process.env;

const sts = new STSClient();

async function getToken(): Promise<string> {
  const { WebIdentityToken } = await sts.send(
    new GetWebIdentityTokenCommand({
      Audience: [AUDIENCE],
      DurationSeconds: 300,
      SigningAlgorithm: 'RS256',
    }),
  );
  if (WebIdentityToken === undefined) throw new Error('STS returned no token');
  return WebIdentityToken;
}

export async function handler(_event: unknown, context: { readonly awsRequestId: string }) {
  const { awsRequestId } = context;
  try {
    const response = await fetch(API_ENDPOINT, {
      headers: { authorization: `Bearer ${await getToken()}` },
      // A redirect would send the token to another server.
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    });
    const body: unknown = response.ok ? await response.json() : await response.text();
    return answer(response.status, { api_response: body, request_id: awsRequestId });
  } catch (error) {
    // The error is logged and not returned to the caller.
    process.stderr.write(`The API could not be called: ${String(error)}\n`);
    return answer(502, { message: 'The API could not be called', request_id: awsRequestId });
  }
}

function answer(statusCode: number, body: object) {
  return { statusCode, body: JSON.stringify(body) };
}
