import type { HttpRequest } from '../aws/loopback-server.ts';

/** Returns the value of a header. Returns undefined if the header is missing or repeated. */
export function headerOf(request: HttpRequest, name: string): string | undefined {
  const values = request.headers.filter(([given]) => given === name).map(([, value]) => value);
  return values.length === 1 ? values[0] : undefined;
}

/** Splits a request target into path and query. */
export function splitTarget(target: string): { readonly path: string; readonly query: URLSearchParams } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: new URLSearchParams() }
    : { path: target.slice(0, mark), query: new URLSearchParams(target.slice(mark + 1)) };
}

/**
 * Matches a path against a pattern with names in braces. Returns the decoded value of each name. Returns null
 * if the path does not match or has invalid percent-encoding. A slash inside a value must be encoded as
 * `%2F`.
 */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    const value = given[i] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== value) return null;
      continue;
    }
    try {
      params[name] = decodeURIComponent(value);
    } catch {
      return null;
    }
    if (value === '') return null;
  }
  return params;
}
