import type { Context } from '../context.ts';
import { deadline } from '../deadline.ts';
import { transportFault } from '../net/transport-fault.ts';
import { METADATA_MAX_BYTES } from './metadata-credentials.ts';

export interface MetadataAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks an endpoint that hands out credentials. Follows no redirect.
 *
 * @param request its time-out in milliseconds covers the answer to its end
 * @throws what the transport throws, for `reasonOf`; the signal's own reason
 */
export async function askMetadata(
  context: Pick<Context, 'fetch'>,
  url: URL,
  request: {
    readonly method?: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly timeoutMs: number;
  },
  signal: AbortSignal,
): Promise<MetadataAnswer> {
  const { timeoutMs, ...rest } = request;
  try {
    const response = await context.fetch(url, {
      ...rest,
      redirect: 'manual',
      signal: deadline(signal, timeoutMs),
    });
    const body = await response.text();
    return { status: response.status, body: body.slice(0, METADATA_MAX_BYTES) };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

/** The error may quote the request's authorization, so only its code or name is repeated. */
export function reasonOf(error: unknown): string {
  const fault = transportFault(error);
  if (fault !== null) return `${fault.reason} (${fault.code})`;
  if (isTimeout(error)) return 'no answer came in time';
  return error instanceof Error ? `the request failed (${error.name})` : 'the request failed';
}

export function isTimeout(error: unknown): boolean {
  return (
    error instanceof Error && (error.name === 'TimeoutError' || transportFault(error)?.kind === 'timeout')
  );
}
