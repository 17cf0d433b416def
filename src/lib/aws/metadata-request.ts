import type { Context } from '../core/context.ts';
import { bounded } from '../core/deadline.ts';
import type { FetchRequest } from '../core/fetch.ts';
import { transportFault } from '../net/transport-fault.ts';
import { METADATA_MAX_BYTES } from './metadata-credentials.ts';

export interface MetadataAnswer {
  readonly status: number;
  readonly body: string;
}

export interface MetadataRequest extends Pick<FetchRequest, 'method' | 'headers'> {
  /** The time limit for the request and the complete response, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Sends a request to an endpoint that returns credentials. If the body is larger than METADATA_MAX_BYTES,
 * returns an empty body.
 *
 * @throws the transport error, which `reasonOf` can describe; the abort reason, if the signal is aborted
 */
export async function askMetadata(
  context: Pick<Context, 'fetch'>,
  url: URL,
  { timeoutMs, ...request }: MetadataRequest,
  signal: AbortSignal,
): Promise<MetadataAnswer> {
  return await bounded(signal, timeoutMs, async (bound) => {
    const { status, body } = await context.fetch(url, {
      ...request,
      maxBytes: METADATA_MAX_BYTES,
      signal: bound,
    });
    return { status, body: body ?? '' };
  });
}

/**
 * Describes an error by its code or name. The error message is not used, because it may contain the
 * Authorization header.
 */
export function reasonOf(error: unknown): string {
  const fault = transportFault(error);
  if (fault !== null) return `${fault.reason} (${fault.code})`;
  if (isTimeout(error)) return 'the request timed out';
  return error instanceof Error ? `the request failed (${error.name})` : 'the request failed';
}

export function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'TimeoutError' || transportFault(error)?.kind === 'timeout')
  );
}
