import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';
import type { HttpRequest } from './loopback-server.ts';

/** What an Authorization header of AWS4-HMAC-SHA256 says, or the query of a presigned request. */
export interface Authorization {
  readonly accessKeyId: string;
  /** The scope: `YYYYMMDD`, Region, service and terminator. */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  readonly terminator: string;
  /** Lower case. */
  readonly signedHeaders: readonly string[];
  /** 64 hex digits, if the client is honest. */
  readonly signature: string;
}

/**
 * Takes an Authorization header apart. Clients differ in the space after the commas, and may differ in the order.
 *
 * @returns what is wrong with it, in AWS's words, when something is missing
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
 * The same from the query of a presigned request: `X-Amz-Credential` and its like.
 *
 * @returns what is wrong with it, in AWS's words, when something is missing
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

/** `20261122T080000Z`, the form of X-Amz-Date, as a time; null for anything else. */
export function parseAmzDate(text: string): Date | null {
  const match = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** The inverse of `parseAmzDate`. */
export function amzDate(date: Date): string {
  return date.toISOString().replaceAll(/[-:]|\.\d{3}/g, '');
}

/** The values of a header as a signature sees them: joined by commas; undefined when it was not sent. */
export function headerValue(request: HttpRequest, name: string): string | undefined {
  const values = request.headers.filter(([sent]) => sent === name).map(([, value]) => value.trim());
  return values.length === 0 ? undefined : values.join(',');
}

/**
 * Recomputes the signature over exactly the headers that were signed, whatever they are, and compares without telling
 * by its time how much was right. The signer is AWS's own, held here against AWS's and MongoDB's published vectors;
 * its traps are in facts/dependencies.md 11. It takes `x-amz-content-sha256` at its word where that is signed:
 * whoever calls this compares it with the body first.
 */
export async function signatureMatches(
  request: HttpRequest,
  authorization: Authorization,
  signingDate: Date,
  secret: string,
): Promise<boolean> {
  const { accessKeyId, region, service, signedHeaders } = authorization;
  const signer = new SignatureV4({
    // Without the session token: the signer would sign it even where the client did not.
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
  // The signer signs the date whether the client did or not, and passes over headers that were named and not sent.
  const sameHeaders = computed.signedHeaders.join(';') === signedHeaders.join(';');
  return sameHeaders && equalInConstantTime(computed.signature, authorization.signature);
}

/** What a presigned request carries in its query beside what the signature covers as it is. */
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
 * The same for a presigned request, whose signature is in its query.
 *
 * @param expiresIn the value of `X-Amz-Expires`, seconds
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

/** Path and query of a request target; a parameter given twice is a list. */
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

/** SHA-256, and HMAC-SHA-256 when given a secret, in the form that the signer asks for. */
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
