import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline, type Transform } from 'node:stream';
import { within } from '../core/deadline.ts';
import type { Fetch } from '../core/fetch.ts';
import { agentFor } from './agents.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Returns the stream that decodes a content encoding. Returns null if the body is not encoded or the encoding
 * is unknown.
 */
async function decompressorOf(encoding: string): Promise<Transform | null> {
  if (!['gzip', 'x-gzip', 'deflate', 'br'].includes(encoding)) return null;
  const { constants, createBrotliDecompress, createUnzip } = await import('node:zlib');
  // With these options, an empty body is not an error: a response without a body may have a Content-Encoding
  // header.
  return encoding === 'br'
    ? createBrotliDecompress({ finishFlush: constants.BROTLI_OPERATION_FLUSH })
    : createUnzip({ finishFlush: constants.Z_SYNC_FLUSH });
}

/**
 * Creates the only HTTP client of fedctl. The client uses node:http and the agents of fedctl. The global
 * `fetch` of Node.js is not used, because it ignores AWS_CA_BUNDLE, and NODE_USE_ENV_PROXY changes its proxy.
 * Loading the global `fetch` also takes longer than most requests.
 */
export function createFetch(env: Env): Fetch {
  return async (url, { method = 'GET', headers, body, maxBytes, signal }) => {
    const agent = await within(signal, agentFor(url, env));
    const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
      agent,
      method,
      // Some web application firewalls reject requests without a user agent.
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'fedctl', ...headers },
    });
    try {
      return await within(signal, exchange(request, body, maxBytes));
    } catch (error) {
      request.destroy();
      throw error;
    }
  };
}

async function exchange(request: ClientRequest, body: string | undefined, maxBytes: number) {
  const message = await new Promise<IncomingMessage>((resolve, reject) => {
    // The error listener is not removed, because a destroyed request may emit another error.
    request.on('error', reject).once('response', resolve).end(body);
  });
  const { statusCode = 0, headers } = message;
  return { status: statusCode, headers, body: await readBody(message, maxBytes) };
}

/**
 * Reads the body of a response. Returns null if the body is larger than `maxBytes`. Counts the bytes, because
 * the Content-Length header may be wrong.
 */
async function readBody(message: IncomingMessage, maxBytes: number): Promise<string | null> {
  // Some servers compress a response even if the client does not accept compression.
  const decompressor = await decompressorOf(message.headers['content-encoding']?.toLowerCase() ?? '');
  // The last stream emits the errors of both streams, so this callback does nothing.
  const body = decompressor === null ? message : pipeline(message, decompressor, () => {});
  const chunks: Buffer[] = [];
  let size = 0;
  if (maxBytes > 0) {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) break;
      chunks.push(chunk);
    }
    if (size <= maxBytes) return Buffer.concat(chunks).toString('utf8');
  }
  message.destroy();
  return null;
}
