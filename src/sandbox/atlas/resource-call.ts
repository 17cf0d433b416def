import type { DocumentContext } from './documents.ts';

/** One request for one resource. */
export interface ResourceCall extends DocumentContext {
  /** What stands in the path where the pattern has a name, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** The resource's own URL, without the query. */
  readonly url: string;
}
