import {
  type HttpAnswer,
  type HttpRequest,
  type LoopbackServer,
  startLoopbackServer,
} from '../aws/loopback-server.ts';
import type { CommandNetwork } from '../isolation/command-network.ts';
import type { LabLog } from '../log.ts';
import { ApiFailure, COMMON_HEADERS, notFound } from './answer.ts';
import { resolveVersion } from './api-version.ts';
import { authorize, requireRole } from './authorization.ts';
import { DigestAuthentication } from './digest.ts';
import { readFlag } from './listing.ts';
import { giveToken, type OAuthOutcome, revokeToken } from './oauth.ts';
import { RateLimits } from './rate-limits.ts';
import { headerOf, matchPath, splitTarget } from './request.ts';
import { RESOURCES, type Resource } from './resources.ts';
import type { AtlasState } from './state.ts';

const API = '/api/atlas/v2';
const LOOPBACK = '127.0.0.1';

export interface AtlasOptions {
  readonly atlas: AtlasState;
  readonly log: LabLog;
  /** The lab's clock. */
  readonly now: () => Date;
  /** The address to listen on (default: `127.0.0.1`). */
  readonly host?: string;
  /** The port to listen on (default: a free port). */
  readonly port?: number;
  /** Called before the server handles a request, to delay the response. */
  readonly wait?: () => Promise<void>;
  /** The server's certificate and private key, both PEM. If set, the server accepts only HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** The network of an isolated command. The server also listens in this network. */
  readonly network?: CommandNetwork | undefined;
}

export interface LabAtlas {
  /** The URL of the lab's API. This URL replaces `https://cloud.mongodb.com`, and has no trailing slash. */
  readonly url: string;
  readonly rateLimits: RateLimits;
  close(): Promise<void>;
}

/**
 * Starts a read-only Atlas Administration API. Other parts of the lab can change the state that the API
 * returns. The API emulates the behavior that facts/mongodb.md 7.2 to 7.8 describes, OAuth for service
 * accounts, and `GET /api/private/ipinfo`.
 *
 * @throws FedctlError lab.port-taken, lab.start-failed
 */
export async function startAtlas(options: AtlasOptions): Promise<LabAtlas> {
  const api = new AtlasApi(options);
  const server: LoopbackServer = await startLoopbackServer({
    name: 'Atlas API',
    host: options.host ?? LOOPBACK,
    port: options.port ?? 0,
    tls: options.tls,
    network: options.network,
    answer: async (request) => {
      await options.wait?.();
      return api.answer(request);
    },
  });
  api.url = server.url;
  return { url: server.url, rateLimits: api.rateLimits, close: () => server.close() };
}

/** A response, and the values for the lab's log. */
interface Outcome {
  readonly answer: HttpAnswer;
  /** The method and the path pattern, such as `GET /groups/{groupId}`; never the actual path. */
  readonly action: string;
  readonly principal: string | null;
  /** The reason for a rejected request; null if the request was accepted. */
  readonly refusal: string | null;
}

class AtlasApi {
  url = '';
  readonly rateLimits: RateLimits;
  readonly #options: AtlasOptions;
  readonly #digest: DigestAuthentication;

  constructor(options: AtlasOptions) {
    this.#options = options;
    this.rateLimits = new RateLimits(options.now);
    this.#digest = new DigestAuthentication(options.now);
  }

  answer(request: HttpRequest): HttpAnswer {
    const { answer, action, principal, refusal } = this.#decide(request);
    this.#options.log.add({
      hop: 'atlas',
      action,
      principal,
      decision: refusal === null ? 'allowed' : 'refused',
      reason: refusal ?? `responded with ${answer.status}`,
    });
    return { ...answer, headers: { date: this.#options.now().toUTCString(), ...answer.headers } };
  }

  #decide(request: HttpRequest): Outcome {
    const { credentials } = this.#options.atlas;
    // Rejects requests whose Host header names another server. A web page can make its own host name resolve
    // to the address of this server (DNS rebinding).
    if (!this.#isOwnHost(headerOf(request, 'host') ?? '')) {
      const answer = { status: 421, headers: {}, body: '' };
      return { answer, action: 'any', principal: null, refusal: 'the Host header names another server' };
    }
    const { path, query } = splitTarget(request.target);
    const posted = request.method === 'POST';
    if (posted && path === '/api/oauth/token') return oauth('token', giveToken(request, credentials));
    if (posted && path === '/api/oauth/revoke') return oauth('revoke', revokeToken(request, credentials));
    const found = path === IP_INFO.path ? { resource: IP_INFO, params: {} } : findResource(path);
    const readable = request.method === 'GET' || request.method === 'HEAD';
    const action = `${readable ? request.method : 'other'} ${found?.resource.path ?? '(another path)'}`;
    const authorization = authorize(request, { credentials, digest: this.#digest });
    const { principal } = authorization;
    if (!authorization.accepted) {
      return { answer: authorization.answer, action, principal, refusal: authorization.reason };
    }
    try {
      if (found === null) throw notFound(path);
      if (!readable) throw methodNotAllowed();
      if (found.resource === IP_INFO) return { answer: ipInfo(request), action, principal, refusal: null };
      const answer = this.#read(request, { ...found, path, query });
      return { answer, action, principal, refusal: null };
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      return { answer: error.toAnswer(), action, principal, refusal: `${error.errorCode}: ${error.message}` };
    }
  }

  #isOwnHost(host: string): boolean {
    const { hostname, port } = new URL(this.url);
    return [hostname, 'localhost'].some((name) => host.toLowerCase() === `${name}:${port}`);
  }

  /** Returns the response for a resource. @throws ApiFailure for an invalid request */
  #read(
    request: HttpRequest,
    found: {
      readonly resource: Resource;
      readonly params: Readonly<Record<string, string>>;
      readonly path: string;
      readonly query: URLSearchParams;
    },
  ): HttpAnswer {
    const { atlas, now } = this.#options;
    const { resource, params, path, query } = found;
    const limits = this.rateLimits.take(`api/atlas/v2${resource.path}`, resource.capacity);
    const { version, headers } = resolveVersion(headerOf(request, 'accept') ?? '', resource.versions, now());
    requireRole(atlas.credentials, resource.roles);
    const document = version.read({
      atlas,
      base: `${this.url}${API}`,
      url: `${this.url}${path}`,
      params,
      query,
    });
    const wrapped = readFlag(query, 'envelope') === true ? envelope(document) : document;
    const space = readFlag(query, 'pretty') === true ? 2 : undefined;
    return {
      status: 200,
      headers: {
        ...COMMON_HEADERS,
        ...headers,
        ...limits,
        'x-envoy-upstream-service-time': '1',
        'x-java-method': resource.javaMethod,
        'x-java-version': '17.0.19+10-LTS',
        'x-mongodb-service-version': 'gitHash=0000000000000000000000000000000000000000; versionString=lab',
      },
      body: JSON.stringify(wrapped, null, space),
    };
  }
}

/**
 * The endpoint that returns the client's IP address. The same server provides the versioned API, but this
 * endpoint has no versions. The lab uses only `path` and `javaMethod` of this object.
 */
const IP_INFO: Resource = {
  path: '/api/private/ipinfo',
  javaMethod: 'ApiPrivateIpInfoResource::getIpInfo',
  capacity: 0,
  roles: [],
  versions: [],
};

/** Returns the client's IP address (facts/mongodb.md 7.7). */
function ipInfo({ remoteAddress }: HttpRequest): HttpAnswer {
  return {
    status: 200,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'application/json',
      'x-java-method': IP_INFO.javaMethod,
    },
    body: JSON.stringify({ currentIpv4Address: remoteAddress }),
  };
}

function findResource(path: string) {
  if (!path.startsWith(`${API}/`)) return null;
  for (const resource of RESOURCES) {
    const params = matchPath(resource.path, path.slice(API.length));
    if (params !== null) return { resource, params };
  }
  return null;
}

/**
 * Creates the error for an unsupported method. The message is the default message of the web framework that
 * Atlas uses. Whether Atlas returns this message is unverified.
 */
function methodNotAllowed(): ApiFailure {
  return new ApiFailure(405, 'UNEXPECTED_ERROR', 'HTTP 405 Method Not Allowed', {
    parameters: null,
    headers: { allow: 'GET, HEAD' },
  });
}

/**
 * Adds the field `status` with the HTTP status to a document. A document that is not a list is first moved to
 * the field `content` (facts/mongodb.md 7.2).
 */
function envelope(document: object): object {
  return 'results' in document ? { ...document, status: 200 } : { content: document, status: 200 };
}

function oauth(endpoint: string, { answer, principal, refusal }: OAuthOutcome): Outcome {
  return { answer, action: `POST /api/oauth/${endpoint}`, principal, refusal };
}
