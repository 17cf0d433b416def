import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';
import type { HttpRequest } from './loopback-server.ts';

/** The values from an AWS4-HMAC-SHA256 Authorization header, or from the query of a presigned request. */
export interface Authorization {
  readonly accessKeyId: string;
  /**
   * The date in the credential scope, as `YYYYMMDD`. The scope also contains Region, service and terminator.
   */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  /** The names of the signed headers, in lowercase. */
  readonly signedHeaders: readonly string[];
  /** The signature. A correct client sends 64 hexadecimal digits. */
  readonly signature: string;
}

/**
 * Parses an Authorization header. Accepts parts in any order, with or without spaces after the commas.
 *
 * @returns the values of the header, or the AWS error messages for missing or malformed parts
 */
export function parseAuthorization(header: string): Authorization | { readonly faults: readonly string[] } {
  const parts = new Map(
    header
      .replace(/^AWS4-HMAC-SHA256\s+/, '')
      .split(/,\s*/)
      .map((part) => {
        const equals = part.indexOf('=');
        return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()] as const;
      }),
  );
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter((name) => !parts.get(name));
  if (missing.length > 0) {
    return { faults: missing.map((name) => `Authorization header requires '${name}' parameter.`) };
  }
  return authorizationOf(parts);
}

/**
 * Parses the query of a presigned request: `X-Amz-Credential` and similar parameters.
 *
 * @returns the values of the query, or the AWS error messages for missing or malformed parts
 */
export function parsePresigned(
  query: Readonly<Record<string, string | string[]>>,
): Authorization | { readonly faults: readonly string[] } {
  const names = ['Credential', 'Signature', 'SignedHeaders'];
  const parts = new Map(names.map((name) => [name, String(query[`X-Amz-${name}`] ?? '')]));
  const missing = names.filter((name) => parts.get(name) === '');
  if (missing.length > 0) {
    return { faults: missing.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`) };
  }
  return authorizationOf(parts);
}

function authorizationOf(
  parts: ReadonlyMap<string, string>,
): Authorization | { readonly faults: readonly string[] } {
  const [accessKeyId, day, region, service, terminator, ...rest] = (parts.get('Credential') ?? '').split('/');
  if (!accessKeyId || !day || !region || !service || !terminator || rest.length > 0) {
    return {
      faults: [
        'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term.',
      ],
    };
  }
  return {
    accessKeyId,
    day,
    region,
    service,
    terminator,
    signedHeaders: (parts.get('SignedHeaders') ?? '').toLowerCase().split(';'),
    signature: parts.get('Signature') ?? '',
  };
}

/** Parses a date in the format of X-Amz-Date, `20261122T080000Z`. Returns null for all other formats. */
export function parseAmzDate(text: string): Date | null {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Formats a date in the format of X-Amz-Date. */
export function amzDate(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/**
 * Returns all values of a header, joined by commas as in a canonical request. Returns undefined if the
 * request does not contain the header.
 */
export function headerValue(request: HttpRequest, name: string): string | undefined {
  const values = request.headers.filter(([sent]) => sent === name).map(([, value]) => value.trim());
  return values.length === 0 ? undefined : values.join(',');
}

/**
 * Computes the signature again over exactly the signed headers, and compares both signatures in constant
 * time. Uses the AWS signer. The tests verify this signer with the test vectors that AWS and MongoDB
 * publish (pitfalls: facts/dependencies.md 11). Does not verify a signed `x-amz-content-sha256`, so callers
 * must first compare this header with the body.
 */
export async function signatureMatches(
  request: HttpRequest,
  authorization: Authorization,
  signingDate: Date,
  secret: string,
): Promise<boolean> {
  const { accessKeyId, region, service, signedHeaders } = authorization;
  const signer = new SignatureV4({
    // The session token is omitted, because the signer would sign it even if the client did not sign it.
    credentials: { accessKeyId, secretAccessKey: secret },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const headers: Record<string, string> = {};
  for (const name of signedHeaders) {
    const value = headerValue(request, name);
    if (value !== undefined) headers[name] = value;
  }
  const { path, query } = splitTarget(request.target);
  const signed = await signer.sign(
    { method: request.method, protocol: 'http:', hostname: '', path, query, headers, body: request.body },
    { signingDate, signableHeaders: new Set(signedHeaders) },
  );
  const computed = parseAuthorization(signed.headers['authorization'] ?? '');
  if ('faults' in computed) return false;
  // The signer always signs the date, and omits headers that the request does not contain. The headers that it signed
  // can therefore differ from the headers that the client listed.
  const sameHeaders = computed.signedHeaders.join(';') === signedHeaders.join(';');
  return sameHeaders && equalInConstantTime(computed.signature, authorization.signature);
}

/** The query parameters that the signer adds to a presigned request. */
const PRESIGNED = [
  'Algorithm',
  'Credential',
  'Date',
  'Expires',
  'SignedHeaders',
  'Signature',
  'Security-Token',
].map((name) => `X-Amz-${name}`);

/**
 * Verifies the signature in the query of a presigned request.
 *
 * @param expiresIn the value of `X-Amz-Expires`, in seconds
 */
export async function presignatureMatches(
  request: HttpRequest,
  authorization: Authorization,
  signingDate: Date,
  { secret, expiresIn }: { readonly secret: string; readonly expiresIn: number },
): Promise<boolean> {
  const { accessKeyId, region, service, signedHeaders } = authorization;
  const { path, query } = splitTarget(request.target);
  const sessionToken = query['X-Amz-Security-Token'];
  const signer = new SignatureV4({
    credentials: {
      accessKeyId,
      secretAccessKey: secret,
      ...(typeof sessionToken === 'string' && { sessionToken }),
    },
    region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const headers = Object.fromEntries(
    signedHeaders.flatMap((name) => {
      const value = headerValue(request, name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const others = Object.fromEntries(Object.entries(query).filter(([name]) => !PRESIGNED.includes(name)));
  const signed = await signer.presign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: '',
      path,
      query: others,
      headers,
      body: request.body,
    },
    {
      signingDate,
      expiresIn,
      signableHeaders: new Set(signedHeaders),
      unhoistableHeaders: new Set(signedHeaders),
    },
  );
  const computed = signed.query ?? {};
  const sameHeaders = computed['X-Amz-SignedHeaders'] === signedHeaders.join(';');
  return sameHeaders && equalInConstantTime(String(computed['X-Amz-Signature']), authorization.signature);
}

/** Splits a request target into path and query. The value of a repeated parameter becomes a list. */
export function splitTarget(target: string): { path: string; query: Record<string, string | string[]> } {
  const mark = target.indexOf('?');
  if (mark === -1) return { path: target, query: {} };
  const parameters = new URLSearchParams(target.slice(mark + 1));
  const query: Record<string, string | string[]> = {};
  for (const name of new Set(parameters.keys())) {
    const values = parameters.getAll(name);
    query[name] = values.length === 1 ? (values[0] ?? '') : values;
  }
  return { path: target.slice(0, mark), query };
}

/** Implements SHA-256, and HMAC-SHA-256 if a secret is given. Has the interface that the signer requires. */
class Sha256 {
  readonly #secret: string | ArrayBuffer | ArrayBufferView | undefined;
  #chunks: Uint8Array[] = [];

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret;
  }

  update(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
  }

  async digest(): Promise<Uint8Array> {
    const hash =
      this.#secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(this.#secret));
    for (const chunk of this.#chunks) hash.update(chunk);
    return hash.digest();
  }

  reset(): void {
    this.#chunks = [];
  }
}

function bytes(source: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof source === 'string') return Buffer.from(source);
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
}
