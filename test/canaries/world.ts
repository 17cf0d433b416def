import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Binary, type Document, deserialize } from 'bson';
import { forgeKey, sign } from '../support/forge.ts';
import { type CannedAnswer, loopbackServer, type SeenRequest } from '../support/loopback-server.ts';
import { HELLO, refusal, type Script, serverFirst, startScriptedMongod } from '../support/scripted-mongod.ts';
import { type Canary, Detector, ENCODINGS, secretFor } from './canary.ts';

/** Fixed secrets by name. They are in variables, files and URLs, or servers return them. */
const AWS_KEY = '+/';
const SESSION = '+/=';
export const SECRETS = {
  environmentKey: secretFor('environment key', 40, AWS_KEY),
  environmentSession: secretFor('environment session', 220, SESSION),
  profileKey: secretFor('profile key', 40, AWS_KEY),
  profileSession: secretFor('profile session', 220, SESSION),
  processKey: secretFor('process key', 40, AWS_KEY),
  processSession: secretFor('process session', 220, SESSION),
  containerKey: secretFor('container key', 40, AWS_KEY),
  containerSession: secretFor('container session', 220, SESSION),
  containerAuthorization: secretFor('container authorization', 64),
  instanceKey: secretFor('instance key', 40, AWS_KEY),
  instanceSession: secretFor('instance session', 220, SESSION),
  instanceToken: secretFor('instance metadata token', 56),
  roleKey: secretFor('role key', 40, AWS_KEY),
  roleSession: secretFor('role session', 220, SESSION),
  uriPassword: secretFor('password of a connection string', 32),
  uriProxyPassword: secretFor('proxyPassword of a connection string', 32),
  uriKeyPassword: secretFor('tlsCertificateKeyFilePassword', 32),
  uriOption: secretFor('unknown option of a connection string', 32),
  uriSession: secretFor('AWS_SESSION_TOKEN of a connection string', 64),
  proxyPassword: secretFor('password of an HTTP proxy', 32),
  endpointPassword: secretFor('password of an endpoint', 32),
  atlasClient: secretFor('client secret of Atlas', 48),
  atlasPrivateKey: secretFor('private key of Atlas', 36, '-'),
  atlasToken: secretFor('access token of Atlas', 120),
  labToken: secretFor('token of a lab', 43),
  typed: secretFor('value of an unknown option', 32),
} as const;

/** The part of an AWS error that repeats a secret. */
export const PLACES = ['message', 'code', 'request-id'] as const;
export type Place = (typeof PLACES)[number];

/** The form of a repeated secret: encoded, or a piece. */
export const MANNERS = [...(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[]), 'piece'] as const;
export type Manner = (typeof MANNERS)[number];

export interface AwsFault {
  /** The denied action. */
  readonly action: string;
  readonly status?: number;
  /** The error code, unless it contains the secrets. */
  readonly code: string;
}

/** Servers that repeat the requests that they receive. Each starts at its first use and keeps running. */
export interface Servers {
  /**
   * STS and IAM: healthy, or with one action denied. The error repeats the request and the issued secrets.
   *
   * @param issuer of the account, when it is not the healthy one
   */
  aws(fault?: AwsFault, issuer?: Issuer): Promise<string>;
  /** An issuer: healthy, or with one document that repeats the token of the issuer. */
  issuer(fault?: 'discovery' | 'keys' | 'status' | 'redirect' | 'not-json'): Promise<Issuer>;
  /** A MongoDB server: accepts every login, or repeats the presented credentials. */
  mongod(fault?: MongodFault): Promise<string>;
  /** The Atlas API: rejects the credentials, or every later request. */
  atlas(fault: 'token' | 'question'): Promise<string>;
  /** An API that accepts the token, or rejects and repeats the token. */
  api(fault?: 'challenge' | 'body' | 'redirect' | 'header'): Promise<string>;
  /** The container and instance metadata endpoint: healthy, or refusing. */
  metadata(fault?: 'status' | 'not-json'): Promise<string>;
  /** The control API of a lab that refuses. */
  control(fault: 'coded' | 'status' | 'not-json'): Promise<string>;
  /** An HTTP proxy that rejects every tunnel. */
  proxy(): Promise<string>;
}

/** An issuer, and a token that it signed. */
export interface Issuer {
  readonly url: string;
  readonly token: string;
}

/**
 * The faults `set-name` and `hello` repeat the token of the file `token.jwt`, which a client presented in an
 * earlier login.
 */
export type MongodFault = 'login' | 'user' | 'set-name' | 'hello' | 'ping' | 'write';

export interface World extends AsyncDisposable {
  readonly detector: Detector;
  /** The signed token that STS returns, and another token in a file. */
  readonly minted: string;
  readonly presented: string;
  /** The directory of the files with secrets. */
  readonly directory: string;
  /** @param own receives the servers that must not serve another run */
  servers(manner: Manner, place: Place, own: AsyncDisposable[]): Servers;
}

export async function createWorld(): Promise<World> {
  const key = await forgeKey('RS256', 'RSA_0');
  const running = new Map<string, Promise<Running>>();
  const start = (what: string, make: () => Promise<Running>) => {
    const known = running.get(what) ?? make();
    running.set(what, known);
    return known.then(({ url }) => url);
  };
  const healthy = start('issuer', () => issuerServer([key.jwk]));
  const issuer = await healthy;
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    aud: 'orders',
    sub: 'arn:aws:iam::123456789012:role/app',
    iat: now,
    exp: now + 3000,
  };
  const minted = await sign(key, { ...claims, jti: 'the-minted-token' });
  const presented = await sign(key, { ...claims, jti: 'the-token-in-a-file' });
  const identity = await sign(key, {
    ...claims,
    aud: 'sts.amazonaws.com',
    jti: 'the-web-identity-token',
  });
  const canaries: readonly Canary[] = [
    ...Object.entries(SECRETS).map(([name, value]) => ({ name, value })),
    { name: 'minted token', value: minted },
    { name: 'presented token', value: presented },
    { name: 'web identity token', value: identity },
  ];
  const detector = new Detector(canaries);
  /** The tokens of hostile issuers, by issuer URL. */
  const tokens = new Map<string, string>();
  return {
    detector,
    minted,
    presented,
    directory: secretFiles({ presented, identity }),
    servers(manner, place, own) {
      const write = manner === 'piece' ? (text: string) => text.slice(4, 28) : ENCODINGS[manner];
      const told = (secrets: readonly string[]) => secrets.map(write).join(' ');
      return {
        aws: (fault, named = { url: issuer, token: minted }) =>
          start(
            `aws ${named.url} ${fault === undefined ? '' : `${JSON.stringify(fault)} ${manner} ${place}`}`,
            () => awsServer({ minted: named.token, issuer: named.url, fault: fault ?? null, place, told }),
          ),
        async issuer(fault) {
          if (fault === undefined) return { url: issuer, token: presented };
          const url = await start(`issuer ${fault} ${manner}`, () =>
            issuerServer([key.jwk], fault, () => told([tokens.get(url) ?? ''])),
          );
          const token = tokens.get(url) ?? (await sign(key, { ...claims, iss: url, jti: 'of-an-issuer' }));
          tokens.set(url, token);
          detector.add({ name: 'token of a hostile issuer', value: token });
          return { url, token };
        },
        async mongod(fault) {
          // The server stores the presented credentials, so each run requires its own server.
          const { url, close } = await mongodServer(fault ?? null, told, presented);
          own.push({ [Symbol.asyncDispose]: close });
          return url;
        },
        atlas: (fault) => start(`atlas ${fault} ${manner}`, () => atlasServer(fault, told)),
        api: (fault) =>
          start(`api ${fault === undefined ? '' : `${fault} ${manner}`}`, () =>
            apiServer(fault ?? null, told),
          ),
        metadata: (fault) =>
          start(`metadata ${fault === undefined ? '' : `${fault} ${manner}`}`, () =>
            metadataServer(fault ?? null, told),
          ),
        control: (fault) => start(`control ${fault} ${manner}`, () => controlServer(fault, told)),
        proxy: () => start(`proxy ${manner}`, () => apiServer('body', told)),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const server of running.values()) await (await server).close();
    },
  };
}

interface Running {
  readonly url: string;
  close(): Promise<void>;
}

type Told = (secrets: readonly string[]) => string;

async function http(answer: (request: SeenRequest, url: string) => CannedAnswer): Promise<Running> {
  let url = '';
  const server = await loopbackServer((request) => answer(request, url));
  url = server.url;
  return { url, close: async () => server[Symbol.asyncDispose]() };
}

/** The secrets in a request. A role is not a secret, and is part of the tokens. */
function carried({ headers, body }: SeenRequest): readonly string[] {
  const authorization = headers.authorization ?? '';
  const [, basic = ''] = /^Basic (.*)/.exec(authorization) ?? [];
  const names = ['x-amz-security-token', 'x-aws-ec2-metadata-token', 'proxy-authorization'];
  return [
    ...names.map((name) => String(headers[name] ?? '')),
    Buffer.from(basic, 'base64').toString().split(':').at(-1) ?? '',
    // Values that are already base64 are not encoded again.
    ...(basic === '' ? [authorization, authorization.replace(/^Bearer /, '')] : []),
    ...[...new URLSearchParams(body).values()].filter(
      (value) => value.length > 32 && !value.startsWith('arn:'),
    ),
  ].filter((text) => text !== '');
}

const references = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const ROLE_KEYS = `<Credentials><AccessKeyId>ASIAROLEROLEROLEROLE</AccessKeyId><SecretAccessKey>${SECRETS.roleKey}</SecretAccessKey><SessionToken>${SECRETS.roleSession}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;
const ROLE_USER =
  '<AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/app/canary</Arn><AssumedRoleId>AROAX:canary</AssumedRoleId></AssumedRoleUser>';

function awsServer(given: {
  readonly minted: string;
  readonly issuer: string;
  readonly fault: AwsFault | null;
  readonly place: Place;
  readonly told: Told;
}): Promise<Running> {
  const { minted, issuer, fault, place, told } = given;
  const results: Readonly<Record<string, string>> = {
    GetCallerIdentity:
      '<Arn>arn:aws:iam::123456789012:role/app</Arn><UserId>AIDA</UserId><Account>123456789012</Account>',
    GetOutboundWebIdentityFederationInfo: `<IssuerIdentifier>${issuer}</IssuerIdentifier><JwtVendingEnabled>true</JwtVendingEnabled>`,
    EnableOutboundWebIdentityFederation: `<IssuerIdentifier>${issuer}</IssuerIdentifier>`,
    DisableOutboundWebIdentityFederation: '',
    GetWebIdentityToken: `<WebIdentityToken>${minted}</WebIdentityToken><Expiration>2099-01-01T00:00:00Z</Expiration>`,
    AssumeRole: `${ROLE_KEYS}${ROLE_USER}`,
    AssumeRoleWithWebIdentity: `${ROLE_KEYS}${ROLE_USER}`,
    GetSessionToken: ROLE_KEYS,
  };
  return http((request) => {
    const action = new URLSearchParams(request.body).get('Action') ?? '';
    if (action !== fault?.action) {
      const answer = `<${action}Response><${action}Result>${results[action] ?? ''}</${action}Result></${action}Response>`;
      return { headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'request-1' }, body: answer };
    }
    const words = told(carried(request));
    const code = place === 'code' ? words : fault.code;
    const message = place === 'message' ? words : 'no';
    const id = place === 'request-id' ? words : 'request-1';
    return {
      status: fault.status ?? 403,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id },
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${references(code)}</Code><Message>${references(message)}</Message></Error><RequestId>${references(id)}</RequestId></ErrorResponse>`,
    };
  });
}

function issuerServer(
  keys: readonly object[],
  fault: string | null = null,
  repeated = () => '',
): Promise<Running> {
  return http(({ path }, url) => {
    const json = (document: object, status = 200) => ({
      status,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(document),
    });
    const words = repeated();
    const inUrl = encodeURIComponent(words);
    if (path.endsWith('/openid-configuration')) {
      if (fault === 'status') return { ...json({ error: words, error_description: words }, 500) };
      if (fault === 'redirect')
        return { status: 302, headers: { location: `https://idp.example.com/?token=${inUrl}` } };
      if (fault === 'not-json')
        return { headers: { 'content-type': `text/html; x="${inUrl}"` }, body: words };
      if (fault === 'discovery')
        return json({ issuer: `https://idp.example.com/${words}`, jwks_uri: `https://${words}/` });
      return json({ issuer: url, jwks_uri: `${url}/keys` });
    }
    if (fault !== 'keys') return json({ keys });
    return json({ keys: [{ kty: 'RSA', kid: words, alg: words, use: words, n: words, e: 'AQAB' }] });
  });
}

async function mongodServer(fault: MongodFault | null, told: Told, earlier: string): Promise<Running> {
  const seen: string[] = [];
  const words = () => told(seen.slice(-2));
  const refused = () => refusal(18, `AuthenticationFailed${words()}`, `bad login ${words()}`);
  /** Replies to a login message and stores the presented token, or the session token of MONGODB-AWS. */
  const login = (command: Document): Document => {
    const { payload, mechanism } = command;
    if (payload instanceof Binary) {
      const { jwt, t } = deserialize(payload.buffer);
      seen.push(...[jwt, t].filter((text) => typeof text === 'string'));
    }
    if (mechanism === 'MONGODB-AWS') return awsFirst(command);
    if (fault === 'login') return refused();
    return { conversationId: 1, done: true, payload: new Binary(Buffer.alloc(0)), ok: 1 };
  };
  const name = told([earlier]);
  const faults: Readonly<Record<MongodFault, Script>> = {
    login: {},
    user: {
      connectionStatus: () => ({
        authInfo: {
          authenticatedUsers: [{ user: words(), db: words() }],
          authenticatedUserRoles: [{ role: words(), db: words() }],
        },
        ok: 1,
      }),
    },
    'set-name': {
      hello: { ...HELLO, setName: name, hosts: [`${name}:1`], me: `${name}:1`, primary: `${name}:1` },
    },
    hello: { hello: refusal(1, name, name) },
    ping: { ping: refused },
    write: { insert: refused },
  };
  const server = await startScriptedMongod({
    saslStart: login,
    saslContinue: login,
    ...(fault === null ? {} : faults[fault]),
  });
  return { url: `mongodb://127.0.0.1:${server.port}/`, close: () => server.close() };
}

function awsFirst(command: Document): Document {
  const payload = serverFirst(command, (nonce) => Buffer.concat([nonce, Buffer.alloc(32, 7)]));
  return { conversationId: 1, done: false, payload, ok: 1 };
}

function atlasServer(fault: 'token' | 'question', told: Told): Promise<Running> {
  const json = (document: object, status = 200) => ({
    status,
    headers: { 'content-type': 'application/vnd.atlas.2023-01-01+json;charset=utf-8' },
    body: JSON.stringify(document),
  });
  return http((request) => {
    if (request.path === '/api/oauth/token' && fault === 'question') {
      return json({ access_token: SECRETS.atlasToken, expires_in: 3600, token_type: 'Bearer' });
    }
    const words = told(carried(request));
    return json(
      {
        error: words,
        errorCode: words,
        error_description: words,
        detail: words,
        reason: words,
        parameters: [words],
      },
      400,
    );
  });
}

function apiServer(fault: 'challenge' | 'body' | 'redirect' | 'header' | null, told: Told): Promise<Running> {
  return http((request) => {
    const words = told(carried(request));
    const half = words.slice(0, 290);
    const rest = words.slice(290, 580);
    switch (fault) {
      case null:
        return { body: '{}' };
      case 'challenge':
        return {
          status: 401,
          headers: {
            'www-authenticate': `Bearer error=${JSON.stringify(half)}, error_description=${JSON.stringify(rest)}`,
          },
        };
      case 'body':
        return {
          status: 403,
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ error: words, message: words, error_description: words }),
        };
      case 'redirect':
        return {
          status: 302,
          headers: { location: `https://login.example.com/?token=${encodeURIComponent(words)}` },
        };
      case 'header':
        return {
          status: 500,
          headers: { 'content-type': `text/html; x=${encodeURIComponent(words)}` },
          body: words,
        };
    }
  });
}

function metadataServer(fault: 'status' | 'not-json' | null, told: Told): Promise<Running> {
  return http((request) => {
    const words = told(carried(request));
    if (fault === 'status') return { status: 403, body: words };
    if (fault === 'not-json') return { body: words };
    if (request.path.endsWith('/api/token')) {
      return { headers: { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' }, body: SECRETS.instanceToken };
    }
    if (request.path.endsWith('/security-credentials/')) return { body: 'app' };
    if (request.path.endsWith('/placement/region')) return { body: 'eu-west-1' };
    const isInstance = request.path.includes('/security-credentials/');
    return {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        Code: 'Success',
        AccessKeyId: 'ASIAMETADATAMETADATA',
        SecretAccessKey: isInstance ? SECRETS.instanceKey : SECRETS.containerKey,
        Token: isInstance ? SECRETS.instanceSession : SECRETS.containerSession,
        Expiration: '2099-01-01T00:00:00Z',
      }),
    };
  });
}

function controlServer(fault: 'coded' | 'status' | 'not-json', told: Told): Promise<Running> {
  return http((request) => {
    const words = told(carried(request));
    if (fault === 'not-json') return { status: 500, body: words };
    const error = {
      code: 'lab.unknown-name',
      message: words,
      likelyCause: words,
      remedy: words,
      details: { words },
    };
    return {
      status: fault === 'coded' ? 422 : 403,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ error }),
    };
  });
}

/** Typical user files that contain secrets. */
function secretFiles({
  presented,
  identity,
}: {
  readonly presented: string;
  readonly identity: string;
}): string {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-canaries-'));
  const write = (name: string, text: string) => writeFileSync(join(directory, name), text, { mode: 0o600 });
  write('token.jwt', presented);
  write('identity.jwt', identity);
  write('broken.jwt', `${presented}\n${presented}`);
  const keys = JSON.stringify({
    Version: 1,
    AccessKeyId: 'ASIAPROCESSPROCESSPR',
    SecretAccessKey: SECRETS.processKey,
    SessionToken: SECRETS.processSession,
  });
  write('keys.json', keys);
  write('cut.json', keys.slice(0, -20));
  write(
    'credentials',
    `[keys]\naws_access_key_id = ASIAPROFILEPROFILEPR\naws_secret_access_key = ${SECRETS.profileKey}\naws_session_token = ${SECRETS.profileSession}\n`,
  );
  write(
    'config',
    `[profile process]\ncredential_process = cat "${directory}/keys.json"\n` +
      `[profile cut]\ncredential_process = cat "${directory}/cut.json"\n` +
      `[profile failing]\ncredential_process = cat "${directory}/keys.json" >&2; cat "${directory}/keys.json"; exit 3\n` +
      '[profile role]\nrole_arn = arn:aws:iam::123456789012:role/app\nsource_profile = keys\n',
  );
  return directory;
}
