import { inspect } from 'node:util';
import { expect } from 'vitest';
import { createAtlas } from '../../src/lib/atlas/atlas.ts';
import type { Context } from '../../src/lib/core/context.ts';
import type { FedctlError } from '../../src/lib/core/errors.ts';
import { Redactor } from '../../src/lib/core/redactor.ts';
import { Secret } from '../../src/lib/core/secret.ts';
import type { Atlas, AtlasCredentials } from '../../src/lib/ports/atlas.ts';
import { rejectionOf } from './failure-of.ts';
import { type FakeClock, fakeClock } from './fake-clock.ts';
import { fetch } from './fetch.ts';
import { type Answering, type CannedAnswer, type LoopbackServer, loopbackServer } from './loopback-server.ts';

export const GROUP = '/api/atlas/v2/groups/g';
export const never: AbortSignal = new AbortController().signal;

export const CLIENT_ID = 'mdb_sa_id_0123456789abcdef01234567';
/** Values that must never appear in output: each kind of credential and the values derived from it. */
export const SECRETS = {
  client: 'mdb_sa_sk_open-sesame_client',
  private: 'open-sesame-private-key',
  token: 'open-sesame-access-token',
};
export const ACCOUNT: AtlasCredentials = {
  kind: 'service-account',
  clientId: CLIENT_ID,
  secret: new Secret(SECRETS.client),
};
export const KEY: AtlasCredentials = {
  kind: 'api-key',
  publicKey: 'abcdefgh',
  privateKey: new Secret(SECRETS.private),
};

export const CHALLENGE = (nonce: string, more = '') => ({
  'www-authenticate': `Digest realm="MMS Public API", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=false${more}`,
});

/** A JSON response in the format of Atlas. */
export function json(document: unknown, status = 200, headers: Record<string, string> = {}): CannedAnswer {
  return {
    status,
    headers: { 'content-type': 'application/vnd.atlas.2023-01-01+json;charset=utf-8', ...headers },
    body: JSON.stringify(document),
  };
}

/** An error response in the format of Atlas. */
export function apiError(
  status: number,
  errorCode: string,
  detail: string,
  headers: Record<string, string> = {},
): CannedAnswer {
  return json({ error: status, errorCode, detail, reason: 'x', parameters: [] }, status, headers);
}

export const TOKEN = json({ access_token: SECRETS.token, expires_in: 3600, token_type: 'Bearer' });

export interface ScriptedAtlas extends AsyncDisposable {
  readonly server: LoopbackServer;
  readonly clock: FakeClock;
  readonly atlas: Atlas;
  /** The requests that the server received, without token requests. */
  asked(): string[];
}

/** A server that issues a token to every client and sends the test's responses to other requests, with its port. */
export async function scriptedAtlas(
  answer: Answering,
  given: {
    readonly credentials?: AtlasCredentials;
    /** Handles token requests. */
    readonly token?: Answering;
    readonly timeoutMs?: number;
    readonly fetch?: Context['fetch'];
  } = {},
): Promise<ScriptedAtlas> {
  const server = await loopbackServer((request) =>
    request.path === '/api/oauth/token' ? (given.token ?? (() => TOKEN))(request) : answer(request),
  );
  const clock = fakeClock();
  const { credentials = ACCOUNT, timeoutMs = 5000 } = given;
  const context = { ...clock, version: '1.2.3', redactor: new Redactor(), fetch: given.fetch ?? fetch };
  return {
    server,
    clock,
    atlas: await createAtlas({ url: server.url, credentials, timeoutMs }, context),
    asked: () => server.requests.map(({ path }) => path).filter((path) => path !== '/api/oauth/token'),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Returns the failure of the work, and asserts that no format of it shows a secret. */
export async function atlasFailure(work: Promise<unknown>): Promise<FedctlError> {
  const error = await rejectionOf(work);
  const { message, likelyCause, remedy, details, stack } = error;
  const shown = `${inspect(error, { depth: 20, showHidden: true })}${JSON.stringify({ message, likelyCause, remedy, details, stack, error })}`;
  for (const secret of Object.values(SECRETS)) expect(shown).not.toContain(secret);
  expect(shown).not.toContain(Buffer.from(`${CLIENT_ID}:${SECRETS.client}`).toString('base64'));
  return error;
}

/** Reads a project from a server with one fixed response. Returns code, exit code, and message with `<url>`. */
export async function told(
  answer: CannedAnswer | Answering,
  given: Parameters<typeof scriptedAtlas>[1] = {},
) {
  const answering: Answering = typeof answer === 'function' ? answer : () => answer;
  await using lab = await scriptedAtlas(answering, given);
  const error = await atlasFailure(lab.atlas.project('g', never));
  const message = error.message
    .replaceAll(lab.server.url, '<url>')
    .replaceAll(new URL(lab.server.url).host, '<host>');
  return { code: error.code, exit: error.exitCode, message };
}
