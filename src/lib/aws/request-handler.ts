import { pipeline, Readable, Transform } from 'node:stream';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import type { Context } from '../core/context.ts';
import { agentFor } from '../net/agents.ts';
import type { CaBundle } from '../net/certificate-authorities.ts';
import { proxyFor } from '../net/proxy.ts';

type HttpRequest = Parameters<NodeHttpHandler['handle']>[0];
type HandlerOptions = Parameters<NodeHttpHandler['handle']>[1];

/** The maximum size of a response, in bytes. A response from STS or IAM is a few kilobytes. */
const MAX_BYTES = 1024 * 1024;

/**
 * The HTTP status of the last response to each call. The key is the signal that the SDK passes with the
 * request.
 */
const STATUS = new WeakMap<object, number>();

/**
 * Returns the HTTP status of the last response to a call. If the call reaches its time limit, the SDK does
 * not report the responses to earlier attempts. Therefore, fedctl stores their status.
 *
 * @param signal the signal object that was passed to the call
 * @returns the HTTP status; null if no response was received
 */
export function statusSeen(signal: AbortSignal): number | null {
  return STATUS.get(signal) ?? null;
}

/** Limits the size of a response body. The SDK has no such limit. */
function bounded(body: Readable): Readable {
  let size = 0;
  const gate = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size > MAX_BYTES) done(new Error(`the response is larger than ${MAX_BYTES} bytes`));
      else done(null, chunk);
    },
  });
  // The reader of the stream receives the error, so this callback ignores it.
  pipeline(body, gate, () => {});
  return gate;
}

/**
 * Creates the request handler for the SDK clients. The handler adds features that the SDK lacks on Node.js:
 * proxies, CA bundles, and a timeout that ends the request (facts/aws.md 9.2). The proxy is chosen for each
 * request, because the proxy depends on the host. A client inside a credential provider of the SDK may
 * connect to several hosts.
 *
 * @param context `clocks` receives the time in the Date header of each response
 * @param timeoutMs the time limit for one attempt, in milliseconds
 * @param bundle the CA bundle that the profile specifies; null if the profile specifies none
 */
export function createRequestHandler(
  { env, clocks }: Pick<Context, 'env' | 'clocks'>,
  timeoutMs: number,
  bundle: CaBundle | null,
) {
  const routes = new Map<string, Promise<NodeHttpHandler>>();
  const routeOf = (url: URL): Promise<NodeHttpHandler> => {
    const name = `${url.protocol} ${proxyFor(url, env)?.href ?? 'direct'}`;
    const known = routes.get(name);
    if (known !== undefined) return known;
    const created = createHandler(url, env, timeoutMs, bundle);
    routes.set(name, created);
    return created;
  };
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    async handle(request: HttpRequest, options?: HandlerOptions) {
      const port = request.port === undefined ? '' : `:${request.port}`;
      const url = new URL(`${request.protocol}//${request.hostname}${port}`);
      const handler = await routeOf(url);
      const received = clocks.start(url.host);
      const { response } = await handler.handle(request, options);
      received(response.headers['date']);
      if (options?.abortSignal !== undefined) STATUS.set(options.abortSignal, response.statusCode);
      if (response.body instanceof Readable) response.body = bounded(response.body);
      return { response };
    },
    /** Does nothing, because the clients must not change the settings of this handler. */
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
    destroy() {
      for (const route of routes.values()) void route.then((handler) => handler.destroy());
    },
  };
}

export type RequestHandler = ReturnType<typeof createRequestHandler>;

async function createHandler(
  url: URL,
  env: Context['env'],
  timeoutMs: number,
  bundle: CaBundle | null,
): Promise<NodeHttpHandler> {
  const agent = await agentFor(url, env, bundle);
  return new NodeHttpHandler({
    httpAgent: agent,
    httpsAgent: agent,
    // If a host drops packets, this timeout ends all three attempts before the time limit of the call. The error
    // then states that the connection timed out.
    connectionTimeout: Math.ceil(timeoutMs / 4),
    requestTimeout: timeoutMs,
    throwOnRequestTimeout: true,
  });
}
