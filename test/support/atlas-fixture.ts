import { createHash } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { type LabAtlas, startAtlas } from '../../src/sandbox/atlas/start-atlas.ts';
import { AtlasState } from '../../src/sandbox/atlas/state.ts';
import { LabLog } from '../../src/sandbox/log.ts';

export const ACCEPT = 'application/vnd.atlas.2025-03-12+json';
const ROLES = [{ role: 'readWriteAnyDatabase', db: 'admin' }];

/** The lab's Atlas API alone, with one resource of each kind and a clock that the test sets. */
export interface AtlasFixture {
  readonly atlas: AtlasState;
  readonly api: LabAtlas;
  readonly log: LabLog;
  readonly idpId: string;
  now: Date;
  /** Returns a bearer token of the service account. */
  token(): Promise<string>;
  /** Sends a GET request to this path below `/api/atlas/v2`, with a token unless the headers are given. */
  get(path: string, headers?: Record<string, string>): Promise<ApiAnswer>;
  /** The reasons for rejected requests in the lab's log, in order. */
  refusals(): string[];
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The unparsed body. */
  readonly text: string;
  readonly body: Record<string, unknown>;
}

export async function startAtlasFixture(): Promise<AtlasFixture> {
  const log = new LabLog(() => fixture.now);
  const clock = () => fixture.now;
  let now = new Date('2026-11-22T12:00:00Z');
  const atlas = new AtlasState({ now: () => now });
  const { id } = atlas.addIdentityProvider({
    displayName: 'aws',
    issuer: 'https://issuer.test',
    audience: 'a',
  });
  atlas.connectIdentityProvider(id);
  const role = 'arn:aws:iam::123456789012:role/team/app';
  atlas.addDatabaseUser({ username: `${id}/${role}`, oidcAuthType: 'USER', roles: ROLES });
  atlas.addDatabaseUser({ username: role, awsIAMType: 'ROLE', roles: ROLES });
  atlas.addAccessListEntry({ ipAddress: '127.0.0.1', comment: 'this machine' });
  atlas.addCluster({ name: 'lab', connectionString: 'mongodb://127.0.0.1:27017/?authSource=admin' });
  const api = await startAtlas({ atlas, log, now: clock });
  const fixture: AtlasFixture = {
    atlas,
    api,
    log,
    idpId: id,
    get now() {
      return now;
    },
    set now(date) {
      now = date;
    },
    token: async () => {
      const { clientId, secret } = atlas.credentials.serviceAccount;
      const answer = await askToken(api.url, `${clientId}:${secret.reveal()}`);
      return String(answer.body['access_token']);
    },
    get: async (path, headers) => {
      const given = headers ?? { authorization: `Bearer ${await fixture.token()}`, accept: ACCEPT };
      return await send(`${api.url}/api/atlas/v2${path}`, { headers: given });
    },
    refusals: () =>
      log
        .entries()
        .filter(({ decision }) => decision === 'refused')
        .map(({ reason }) => reason),
  };
  return fixture;
}

/** Requests a token with these Basic credentials, `id:secret`. */
export async function askToken(url: string, basic: string, body = 'grant_type=client_credentials') {
  return await send(`${url}/api/oauth/token`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(basic).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body,
  });
}

export async function send(url: string, init: RequestInit = {}): Promise<ApiAnswer> {
  const answer = await fetch(url, init);
  const text = await answer.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: answer.status, headers: answer.headers, text, body };
}

/** Sends a request target and headers without the normalization of fetch. */
export async function sendRaw(url: string, target: string, headers: Record<string, string>): Promise<number> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path: target, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    request.on('error', reject).end();
  });
}

/** The parts of a Digest response (RFC 7616, qop=auth), computed from the RFC, independently of the lab. */
export interface DigestParts {
  readonly username: string;
  readonly password: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly method: string;
  readonly algorithm: 'MD5' | 'SHA-256';
  readonly cnonce: string;
  readonly nc: string;
}

export function digestResponse(parts: DigestParts): string {
  const hash = (text: string) =>
    createHash(parts.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const a1 = hash(`${parts.username}:${parts.realm}:${parts.password}`);
  const a2 = hash(`${parts.method}:${parts.uri}`);
  return hash(`${a1}:${parts.nonce}:${parts.nc}:${parts.cnonce}:auth:${a2}`);
}

export function digestHeader(parts: Omit<DigestParts, 'password' | 'method'>, response: string): string {
  const { username, realm, nonce, uri, algorithm, cnonce, nc } = parts;
  return `Digest username="${username}", realm="${realm}", nonce="${nonce}", uri="${uri}", algorithm=${algorithm}, response="${response}", qop=auth, nc=${nc}, cnonce="${cnonce}"`;
}
