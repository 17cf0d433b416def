import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LambdaFunction } from './lambda-function.ts';

/** The functions of an API. */
export interface Api {
  readonly authorizer: LambdaFunction;
  readonly backend: LambdaFunction;
  /** The event for the authorizer, to which the request header is added. */
  readonly authorizerEvent: Readonly<Record<string, unknown>>;
  readonly backendEvent: { readonly requestContext: Readonly<Record<string, unknown>> };
}

/** The response of an authorizer. */
export interface AuthorizerPolicy {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Statement: readonly { readonly Effect: string; readonly Resource: string }[];
  };
  readonly context: Readonly<Record<string, string>>;
}

/**
 * Responds like a REST API of API Gateway with a TOKEN authorizer: 401 without the header, 403 when the authorizer
 * denies the request, else the result of the function, which receives the authorizer context (API Gateway Developer
 * Guide, "Use API Gateway Lambda authorizers").
 */
export async function startApiGateway({ authorizer, backend, authorizerEvent, backendEvent }: Api) {
  const decide = async (token: string | undefined): Promise<{ statusCode: number; body: string }> => {
    if (token === undefined) return { statusCode: 401, body: '{"message":"Unauthorized"}' };
    const { principalId, policyDocument, context } = (await authorizer.invoke({
      ...authorizerEvent,
      authorizationToken: token,
    })) as AuthorizerPolicy;
    const allowed = policyDocument.Statement.some(
      ({ Effect, Resource }) => Effect === 'Allow' && Resource === authorizerEvent['methodArn'],
    );
    if (!allowed) {
      const Message = 'User is not authorized to access this resource with an explicit deny';
      return { statusCode: 403, body: JSON.stringify({ Message }) };
    }
    const requestContext = { ...backendEvent.requestContext, authorizer: { principalId, ...context } };
    return (await backend.invoke({ ...backendEvent, requestContext })) as {
      statusCode: number;
      body: string;
    };
  };
  const server = createServer((request, response) => {
    decide(request.headers.authorization).then(
      ({ statusCode, body }) => response.writeHead(statusCode).end(body),
      () => response.writeHead(500).end('{"message":"Internal server error"}'),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/prod/`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
