import * as http from 'node:http';
import * as https from 'node:https';
import { isIP } from 'node:net';
import { bounded } from '../../lib/core/deadline.ts';
import { bareHost } from '../../lib/core/hosts.ts';
import { lookup } from '../../lib/net/lookup.ts';

/**
 * The timeout in milliseconds for a request to STS or an issuer. The timeout is shorter than the timeouts of MongoDB
 * clients.
 */
const PATIENCE = 5000;
/** The maximum size of a response in bytes. The size of a key set is a few kilobytes. */
const MAX_ANSWER = 1_000_000;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  /** The request headers, including `Host`. The headers are sent unchanged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The trusted CA certificates in PEM format (default: the CAs that Node.js trusts). */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Sends a request on a new connection. Limits the duration of the request and the size of the response. Does not follow
 * redirects.
 */
export async function sendHttp(request: HttpRequest): Promise<HttpAnswer> {
  return await bounded(request.signal, PATIENCE, (signal) => exchange(request, signal));
}

async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const { method, url, headers, ca } = request;
  const host = bareHost(url.hostname);
  const common = { method, headers, signal, agent: false, lookup, setHost: false } as const;
  const outgoing =
    url.protocol === 'https:'
      ? // The SNI name must be the host of the URL. By default, Node.js uses the Host header as the SNI name. In a
        // replayed STS request, the Host header contains a different host.
        https.request(url, {
          ...common,
          servername: isIP(host) === 0 ? host : '',
          rejectUnauthorized: true,
          ...(ca && { ca }),
        })
      : http.request(url, common);
  return await new Promise((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (incoming) => {
      const chunks: Buffer[] = [];
      let size = 0;
      incoming.on('error', reject);
      incoming.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_ANSWER) incoming.destroy(new Error(`the response is longer than ${MAX_ANSWER} bytes`));
        else chunks.push(chunk);
      });
      incoming.on('end', () => {
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') });
      });
    });
    outgoing.end(request.body);
  });
}
