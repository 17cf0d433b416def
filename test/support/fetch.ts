import type { Fetch, FetchResponse } from '../../src/lib/core/fetch.ts';
import { createFetch } from '../../src/lib/net/fetch.ts';

/** The fetch of the Context, without proxies and CA bundles. */
export const fetch: Fetch = createFetch({});

/** A response as the fetch of the Context returns it. */
export function response(
  status: number,
  body: string | null = '',
  headers: FetchResponse['headers'] = {},
): FetchResponse {
  return { status, headers, body };
}
