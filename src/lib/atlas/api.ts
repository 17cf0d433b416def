import * as z from 'zod';
import type { Context } from '../core/context.ts';
import { FedctlError } from '../core/errors.ts';
import type { AtlasList, AtlasSettings, UnreadableEntry } from '../ports/atlas.ts';
import { type Authentication, bearer, digest } from './authentication.ts';
import { type AtlasHttpAnswer, type Bounds, exchange } from './exchange.ts';
import { accessTokens } from './oauth.ts';
import { fieldOf, readAnswer } from './read-answer.ts';
import { lacksRole, refusalOf } from './refusals.ts';

export type ApiContext = Pick<Context, 'fetch' | 'now' | 'sleep' | 'version' | 'redactor'>;

/** A resource of the Atlas API. */
export interface Resource<T> {
  /** Absolute path, such as `/api/atlas/v2/groups/…`, percent-encoded once. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** API version, such as `2023-01-01`; null if the resource has no versions. */
  readonly version: string | null;
  /** The Atlas role that the request requires; null if the request requires no role. */
  readonly role: string | null;
  readonly shape: z.ZodType<T>;
}

/** A paginated list. */
export interface ListResource<T> extends Resource<T> {
  /** The property that identifies an entry. */
  readonly named: string;
}

/**
 * Maximum number of requests per call. The first request may return a challenge. The second request may fail
 * because the nonce or token has expired.
 */
const ATTEMPTS = 3;
/** Maximum number of times that one call waits because of the rate limit. */
const WAITS = 2;
/** The number of entries per page. This number is also the Atlas default (facts/mongodb.md 7.2). */
const PAGE = 100;
/**
 * Maximum number of pages per list. 100 pages contain 10,000 entries, which is far more than Atlas allows.
 */
const PAGES = 100;

/** Reads Atlas resources with one credential. */
export class AtlasApi {
  readonly #settings: AtlasSettings;
  readonly #context: ApiContext;
  readonly #authentication: Authentication;
  readonly #userAgent: string;

  /** @param settings the settings, with a validated URL and validated credentials */
  constructor(settings: AtlasSettings, context: ApiContext) {
    const { url, credentials, timeoutMs } = settings;
    this.#settings = settings;
    this.#context = context;
    this.#userAgent = `fedctl/${context.version}`;
    this.#authentication =
      credentials.kind === 'api-key'
        ? digest(credentials)
        : bearer(credentials.clientId, accessTokens(url, credentials, context, this.#userAgent, timeoutMs));
  }

  /** @throws FedctlError atlas.* */
  async read<T>(resource: Resource<T>, signal: AbortSignal): Promise<T> {
    const answer = await this.#patiently(resource, { signal, timeoutMs: this.#settings.timeoutMs });
    if (answer.status === 200) return readAnswer(answer, resource.shape);
    throw refusalOf(answer, { credential: this.#authentication.name, role: resource.role });
  }

  /**
   * Reads all pages of a list. Requests pages by number, and never follows a URL in a response. If an entry
   * is unreadable, returns the other entries anyway.
   *
   * @throws FedctlError atlas.*
   */
  async list<T>(resource: ListResource<T>, signal: AbortSignal): Promise<AtlasList<T>> {
    const entries: T[] = [];
    const unreadable: UnreadableEntry[] = [];
    for (let pageNum = 1; pageNum <= PAGES; pageNum += 1) {
      const query = { ...resource.query, itemsPerPage: String(PAGE), pageNum: String(pageNum) };
      const page = await this.read({ ...resource, query, shape: Page }, signal);
      for (const entry of page.results) {
        const read = resource.shape.safeParse(entry);
        if (read.success) entries.push(read.data);
        else unreadable.push(this.#unreadable(resource, entry, read.error));
      }
      const seen = entries.length + unreadable.length;
      const isLast = page.totalCount === undefined ? !page.hasNext : seen >= page.totalCount;
      if (isLast || page.results.length === 0) return { entries, unreadable };
    }
    throw new FedctlError('atlas.answer-unreadable', {
      message: `The list at ${this.#settings.url}${resource.path} has more than ${PAGES} pages.`,
      likelyCause: 'The server probably ignores page numbers: Atlas lists have fewer pages.',
      details: { url: `${this.#settings.url}${resource.path}`, pages: PAGES },
    });
  }

  #unreadable({ path, named }: ListResource<unknown>, entry: unknown, error: z.ZodError): UnreadableEntry {
    const url = `${this.#settings.url}${path}`;
    const name = z.record(z.string(), z.unknown()).safeParse(entry).data?.[named];
    const { field, problem } = fieldOf(error);
    const failure = new FedctlError('atlas.answer-unreadable', {
      message: `The list at ${url} has an ${field === '' ? 'invalid entry' : `entry with an invalid field: ${field}`} (${problem}).`,
      details: { url, field, problem },
    });
    return { name: typeof name === 'string' ? name : null, failure };
  }

  /**
   * Sends the request. If Atlas responds with status 429, waits for the time that Atlas requests, then repeats the
   * request. Returns the 429 response if the total waiting time would exceed the request timeout.
   */
  async #patiently(resource: Resource<unknown>, bounds: Bounds): Promise<AtlasHttpAnswer> {
    let left = bounds.timeoutMs;
    for (let waits = 0; ; waits += 1) {
      const answer = await this.#authorized(resource, bounds);
      if (answer.status !== 429 || waits === WAITS) return answer;
      const pause = pauseMs(answer, waits, this.#context.now());
      if (pause > left) return answer;
      left -= pause;
      await this.#sleep(pause, bounds.signal);
    }
  }

  async #sleep(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await this.#context.sleep(ms, signal);
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    }
  }

  /**
   * Sends the request with an Authorization header. Repeats the request if the server rejects the
   * authorization and a new authorization may succeed.
   */
  async #authorized(resource: Resource<unknown>, bounds: Bounds): Promise<AtlasHttpAnswer> {
    const url = this.#urlOf(resource);
    const accept =
      resource.version === null ? 'application/json' : `application/vnd.atlas.${resource.version}+json`;
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      const authorization = await this.#authentication.authorize(
        'GET',
        `${url.pathname}${url.search}`,
        bounds,
      );
      const { header, fresh } = authorization;
      const answer = await exchange(
        this.#context,
        {
          method: 'GET',
          url,
          headers: {
            accept,
            'user-agent': this.#userAgent,
            ...(header !== null && { authorization: header }),
          },
          redactor: this.#context.redactor,
        },
        bounds,
      );
      if (answer.status !== 401 || lacksRole(answer)) return answer;
      const learnt = this.#authentication.refused(answer, authorization);
      const hopeless = learnt === 'unasked' || (learnt === 'again' && (fresh || renewed));
      if (hopeless || attempt === ATTEMPTS) return answer;
      renewed = true;
    }
  }

  #urlOf({ path, query = {} }: Resource<unknown>): URL {
    const url = new URL(path, this.#settings.url);
    url.search = new URLSearchParams(query).toString();
    return url;
  }
}

const Page = z
  .object({
    results: z.array(z.unknown()),
    totalCount: z.number().int().nonnegative().optional(),
    links: z.array(z.object({ rel: z.string() })).optional(),
  })
  .transform(({ results, totalCount, links = [] }) => ({
    results,
    totalCount,
    hasNext: links.some(({ rel }) => rel === 'next'),
  }));

/**
 * Returns the pause before the next request, in milliseconds. The header Retry-After specifies the pause as a
 * number of seconds or as a date (RFC 9110 10.2.3). Without a valid header, the first pause is one second and
 * the second pause is two seconds.
 */
function pauseMs({ headers }: AtlasHttpAnswer, waits: number, now: Date): number {
  const given = headers['retry-after'] ?? '';
  if (/^\d{1,9}$/.test(given)) return Number(given) * 1000;
  const at = Date.parse(given);
  return Number.isNaN(at) ? 1000 * 2 ** waits : Math.max(0, at - now.getTime());
}

/**
 * Percent-encodes a path segment. ARNs and CIDR blocks contain slashes.
 *
 * @throws FedctlError atlas.not-found for a value such as `..` that would change the path
 */
export function segment(value: string): string {
  if (!/^\.{0,2}$/.test(value)) return encodeURIComponent(value);
  throw new FedctlError('atlas.not-found', { message: `Atlas has no object named "${value}".` });
}
