import type { Tags } from './identities.ts';
import type { HttpRequest } from './loopback-server.ts';

export interface Tag {
  readonly key: string | undefined;
  readonly value: string | undefined;
}

/**
 * The parameters of a request in the AWS query protocol. They come from the URL and from the form in the body
 * (facts/aws.md 13.1).
 */
export class QueryParameters {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  text(name: string): string | undefined {
    return this.#values.get(name);
  }

  /**
   * Returns the values of `Name.member.1`, `.2`, … in order. Some clients send `Name=` for an empty list. In
   * this case, the list is treated as absent.
   */
  list(name: string): string[] | undefined {
    const found = this.#members(name).filter(({ rest }) => rest === '');
    return found.length === 0 ? undefined : found.map(({ value }) => value);
  }

  /** `Name.member.N.Key` and `.Value`. */
  tags(name: string): Tag[] {
    const byIndex = new Map<number, Map<string, string>>();
    for (const { index, rest, value } of this.#members(name)) {
      byIndex.set(index, (byIndex.get(index) ?? new Map<string, string>()).set(rest, value));
    }
    return [...byIndex.values()].map((fields) => ({ key: fields.get('.Key'), value: fields.get('.Value') }));
  }

  #members(name: string): { index: number; rest: string; value: string }[] {
    const prefix = `${name}.member.`;
    const members: { index: number; rest: string; value: string }[] = [];
    for (const [key, value] of this.#values) {
      if (!key.startsWith(prefix)) continue;
      const match = /^(\d{1,6})(.*)$/s.exec(key.slice(prefix.length));
      if (match !== null) members.push({ index: Number(match[1]), rest: match[2] ?? '', value });
    }
    return members.sort((a, b) => a.index - b.index);
  }
}

/** Parses the parameters. Accepts `+` and `%20` as a space. Accepts a content type with a charset. */
export function readParameters(request: HttpRequest): QueryParameters {
  const mark = request.target.indexOf('?');
  const values = new Map<string, string>();
  const sources = [mark === -1 ? '' : request.target.slice(mark + 1)];
  if (request.method === 'POST') sources.push(request.body.toString('utf8'));
  for (const source of sources) {
    for (const [name, value] of new URLSearchParams(source)) {
      if (!values.has(name)) values.set(name, value);
    }
  }
  return new QueryParameters(values);
}

/** Converts validated tags to a record. */
export function tagRecord(tags: readonly Tag[]): Tags {
  return Object.fromEntries(tags.map(({ key, value }) => [key ?? '', value ?? '']));
}
