import { createHash, createHmac, type Hmac, type Hash as NodeHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { SignatureV4 } from '@smithy/signature-v4';
import { listenOnLoopback } from './listen.ts';

export interface StsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn: string;
}

export interface StsRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * A minimal STS for GetCallerIdentity, which verifies the signature with Smithy's signer. It replaces the lab's STS, so
 * that an independent implementation tests the lab's MongoDB server.
 */
export interface StsDouble {
  readonly url: string;
  readonly requests: StsRequest[];
  /** Replaces the next responses. */
  answer: { readonly status: number; readonly body: string } | null;
  close(): Promise<void>;
}

export async function startStsDouble(
  identities: readonly StsIdentity[],
  tls?: { readonly key: string; readonly cert: string },
): Promise<StsDouble> {
  const listener: RequestListener = (incoming, response) => {
    void (async () => {
      const request = await read(incoming);
      double.requests.push(request);
      const { status, body } = double.answer ?? (await judge(request, identities));
      response.writeHead(status, { 'content-type': 'text/xml' }).end(body);
    })();
  };
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  const port = await listenOnLoopback(server);
  const double: StsDouble = {
    url: `http${tls === undefined ? '' : 's'}://127.0.0.1:${port}`,
    requests: [],
    answer: null,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return double;
}

async function read(incoming: IncomingMessage): Promise<StsRequest> {
  let body = '';
  for await (const chunk of incoming) body += String(chunk);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
  );
  return { method: incoming.method ?? '', path: incoming.url ?? '', headers, body };
}

async function judge(
  request: StsRequest,
  identities: readonly StsIdentity[],
): Promise<{ status: number; body: string }> {
  const parts =
    /Credential=([^/]+)\/\d+\/([^/]+)\/sts\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=(.+)$/.exec(
      request.headers['authorization'] ?? '',
    );
  const [, accessKeyId = '', region = '', signedHeaders = '', signature = ''] = parts ?? [];
  const identity = identities.find((candidate) => candidate.accessKeyId === accessKeyId);
  if (identity === undefined) return failure('InvalidClientTokenId');
  if (request.headers['x-amz-security-token'] !== identity.sessionToken)
    return failure('InvalidClientTokenId');
  const expected = await sign(request, identity, region, signedHeaders.split(';'));
  if (expected !== signature) return failure('SignatureDoesNotMatch');
  return {
    status: 200,
    body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>${identity.arn}</Arn><UserId>AIDA</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
  };
}

async function sign(
  request: StsRequest,
  identity: StsIdentity,
  region: string,
  signedHeaders: readonly string[],
): Promise<string | undefined> {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers['x-amz-date'] ?? '') ?? [];
  const signed = await signer(identity, region).sign(
    {
      method: request.method,
      protocol: 'https:',
      hostname: request.headers['host'] ?? '',
      path: request.path,
      headers: Object.fromEntries(signedHeaders.map((name) => [name, request.headers[name] ?? ''])),
      body: request.body,
    },
    { signingDate: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) },
  );
  return /Signature=(.+)$/.exec(signed.headers['authorization'] ?? '')?.[1];
}

/** The request that a MONGODB-AWS client signs. A header with the value undefined is omitted. */
export async function signCallerIdentity(
  identity: StsIdentity,
  host: string,
  extra: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly authorization: string; readonly date: string }> {
  const body = 'Action=GetCallerIdentity&Version=2011-06-15';
  const headers: Record<string, string> = {
    'content-length': String(body.length),
    'content-type': 'application/x-www-form-urlencoded',
    host,
  };
  for (const [name, value] of Object.entries(extra)) if (value !== undefined) headers[name] = value;
  const request = { method: 'POST', protocol: 'https:', hostname: host, path: '/', headers, body };
  const signed = await signer(identity, 'us-east-1').sign(request);
  return { authorization: signed.headers['authorization'] ?? '', date: signed.headers['x-amz-date'] ?? '' };
}

function signer({ accessKeyId, secretAccessKey, sessionToken }: StsIdentity, region: string): SignatureV4 {
  return new SignatureV4({
    service: 'sts',
    region,
    sha256: Sha256,
    applyChecksum: false,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
  });
}

function failure(code: string): { status: number; body: string } {
  return {
    status: 403,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
  };
}

/** The hash interface of Smithy's signer, implemented with node:crypto. */
class Sha256 {
  readonly #hash: NodeHash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    if (secret === undefined) this.#hash = createHash('sha256');
    else this.#hash = createHmac('sha256', bytes(secret));
  }

  update(chunk: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(chunk));
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest());
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
