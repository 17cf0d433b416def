import { invalidParameter } from './answer.ts';

/** The query parameters of a list: the page, and whether to count all results (facts/mongodb.md 7.2). */
export interface Page {
  readonly itemsPerPage: number;
  /** The page number. The first page has the number 1. */
  readonly pageNum: number;
  readonly includeCount: boolean;
}

/** Reads the paging parameters of a query. @throws ApiFailure 400 for an invalid value */
export function readPage(query: URLSearchParams): Page {
  return {
    itemsPerPage: readInteger(query, 'itemsPerPage', { fallback: 100, least: 1, most: 500 }),
    pageNum: readInteger(query, 'pageNum', { fallback: 1, least: 1, most: 1_000_000 }),
    includeCount: readFlag(query, 'includeCount') ?? true,
  };
}

/**
 * Returns one page of documents. The page contains the link `self`, and the links `previous` and `next` if
 * these pages exist.
 */
export function listing(
  all: readonly object[],
  { url, query, page }: { readonly url: string; readonly query: URLSearchParams; readonly page: Page },
): object {
  const { itemsPerPage, pageNum, includeCount } = page;
  const first = (pageNum - 1) * itemsPerPage;
  const link = (rel: string, number: number) => ({ href: pageUrl(url, query, number, itemsPerPage), rel });
  return {
    links: [
      link('self', pageNum),
      ...(pageNum > 1 ? [link('previous', pageNum - 1)] : []),
      ...(first + itemsPerPage < all.length ? [link('next', pageNum + 1)] : []),
    ],
    results: all.slice(first, first + itemsPerPage),
    ...(includeCount && { totalCount: all.length }),
  };
}

/**
 * Returns the URL of a page in the format of recorded Atlas responses: the query of the request, then the paging
 * parameters, even if the request did not contain them.
 */
function pageUrl(url: string, query: URLSearchParams, pageNum: number, itemsPerPage: number): string {
  const sent = new URLSearchParams(query);
  sent.delete('pageNum');
  sent.delete('itemsPerPage');
  sent.append('pageNum', String(pageNum));
  sent.append('itemsPerPage', String(itemsPerPage));
  return `${url}?${sent.toString()}`;
}

/** Reads an integer parameter. @throws ApiFailure 400 for an invalid value */
export function readInteger(
  query: URLSearchParams,
  name: string,
  { fallback, least, most }: { readonly fallback: number; readonly least: number; readonly most: number },
): number {
  const given = query.get(name);
  if (given === null) return fallback;
  const value = /^-?\d{1,16}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw invalidParameter(name, `must be an integer from ${least} to ${most}`);
}

/**
 * Reads a boolean parameter. Returns undefined if the query does not contain the parameter.
 *
 * @throws ApiFailure 400 for an invalid value
 */
export function readFlag(query: URLSearchParams, name: string): boolean | undefined {
  const given = query.get(name);
  if (given === null) return undefined;
  if (given !== 'true' && given !== 'false') throw invalidParameter(name, 'must be true or false');
  return given === 'true';
}

/** Reads a parameter that can occur several times. @throws ApiFailure 400 for an invalid value */
export function readChoices(
  query: URLSearchParams,
  name: string,
  choices: readonly string[],
  fallback: string,
): readonly string[] {
  const given = query.getAll(name);
  if (given.length === 0) return [fallback];
  if (!given.every((value) => choices.includes(value))) {
    throw invalidParameter(name, `must be one of ${choices.join(', ')}`);
  }
  return given;
}
