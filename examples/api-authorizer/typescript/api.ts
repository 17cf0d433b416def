// The API behind the authorizer. Returns the caller.
interface ProxyEvent {
  readonly requestContext: { readonly authorizer: { readonly sub: string } };
}

export async function handler({ requestContext }: ProxyEvent) {
  return { statusCode: 200, body: JSON.stringify({ caller: requestContext.authorizer.sub }) };
}
