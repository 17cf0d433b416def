import { createHash } from 'node:crypto';
import { equalInConstantTime } from '../../lib/net/constant-time.ts';
import { AwsError } from './aws-error.ts';
import { type Caller, callerOf } from './identities.ts';
import type { HttpRequest } from './loopback-server.ts';
import {
  type Authorization,
  amzDate,
  headerValue,
  parseAmzDate,
  parseAuthorization,
  parsePresigned,
  presignatureMatches,
  signatureMatches,
  splitTarget,
} from './sigv4.ts';
import type { AwsWorld } from './world.ts';

/** Maximum difference between the clocks of a client and AWS, in minutes. */
const WINDOW_MINUTES = 5;

export interface Authenticated {
  readonly caller: Caller;
  readonly accessKeyId: string;
  /**
   * The Region in the signature. The lab accepts every Region, because clients derive the Region from the
   * host name (facts/mongodb.md 2.3).
   */
  readonly region: string;
}

/**
 * Verifies who signed a request, and that nobody changed the request. Checks format, scope, key, session
 * token, age, body and signature, in this order.
 *
 * @throws AwsError MissingAuthenticationToken, IncompleteSignature, InvalidClientTokenId, ExpiredToken,
 * SignatureDoesNotMatch
 */
export async function authenticate(
  request: HttpRequest,
  { world, service, now }: { world: AwsWorld; service: 'sts' | 'iam'; now: Date },
): Promise<Authenticated> {
  const { authorization, date, signingDate, presigned } = readSignature(request);
  verifyScope(authorization, service, date);
  const { accessKeyId, region } = authorization;
  const holder = world.holderOf(accessKeyId);
  if (holder === undefined) throw invalidToken(`access key ${accessKeyId} is unknown`);
  verifySessionToken(
    presigned === null ? headerValue(request, 'x-amz-security-token') : presigned.sessionToken,
    'sessionToken' in holder ? holder.sessionToken.reveal() : undefined,
    accessKeyId,
  );
  if ('expiresAt' in holder && holder.expiresAt <= now) {
    throw new AwsError(
      'ExpiredToken',
      403,
      'The security token included in the request is expired',
      `session ${accessKeyId} expired at ${holder.expiresAt.toISOString()}`,
    );
  }
  verifyAge(signingDate, now, presigned?.expiresIn);
  verifyBodyHash(request);
  const secret = holder.secretAccessKey.reveal();
  const isGood =
    presigned === null
      ? await signatureMatches(request, authorization, signingDate, secret)
      : await presignatureMatches(request, authorization, signingDate, { ...presigned, secret });
  if (!isGood) {
    throw signatureMismatch(`the signature does not match the secret access key of ${accessKeyId}`);
  }
  return { caller: callerOf(holder), accessKeyId, region };
}

/** The values that a presigned request sends in its query instead of in headers. */
interface Presigned {
  readonly sessionToken: string | undefined;
  /** The validity period of the request, in seconds. This period starts at the date of the request. */
  readonly expiresIn: number;
}

interface Signature {
  readonly authorization: Authorization;
  readonly date: string;
  readonly signingDate: Date;
  /** The values from the query of a presigned request; null if the signature is in a header. */
  readonly presigned: Presigned | null;
}

/** Maximum validity period of a presigned request: one week, in seconds. */
const MAX_EXPIRES = 604_800;

/**
 * Parses the signature of a presigned request. The signature is in the query parameters (AWS Signature
 * Version 4).
 */
function readPresigned(request: HttpRequest): Signature {
  const { query } = splitTarget(request.target);
  const authorization = parsePresigned(query);
  const faults = 'faults' in authorization ? [...authorization.faults] : [];
  const [date, expires] = [String(query['X-Amz-Date'] ?? ''), String(query['X-Amz-Expires'] ?? '')];
  const signingDate = parseAmzDate(date);
  if (signingDate === null)
    faults.push("AWS query-string parameters must include 'X-Amz-Date' in ISO-8601 'basic format'.");
  const expiresIn = /^\d{1,6}$/.test(expires) ? Number(expires) : 0;
  if (expiresIn < 1 || expiresIn > MAX_EXPIRES) {
    faults.push(`X-Amz-Expires must be a number of seconds between 1 and ${MAX_EXPIRES}.`);
  }
  if ('faults' in authorization || signingDate === null || faults.length > 0) {
    throw new AwsError('IncompleteSignature', 400, faults.join(' '));
  }
  verifyHost(authorization);
  const sessionToken = query['X-Amz-Security-Token'];
  return {
    authorization,
    date,
    signingDate,
    presigned: { expiresIn, sessionToken: typeof sessionToken === 'string' ? sessionToken : undefined },
  };
}

function verifyHost({ signedHeaders }: Authorization): void {
  if (signedHeaders.includes('host')) return;
  throw signatureMismatch(
    'the Host header is not signed',
    "'Host' must be a 'SignedHeader' in the AWS Authorization.",
  );
}

function readSignature(request: HttpRequest): Signature {
  const header = headerValue(request, 'authorization');
  if (header === undefined && splitTarget(request.target).query['X-Amz-Algorithm'] === 'AWS4-HMAC-SHA256') {
    return readPresigned(request);
  }
  if (header === undefined) {
    throw new AwsError(
      'MissingAuthenticationToken',
      403,
      'Request is missing Authentication Token',
      'the request is not signed',
    );
  }
  const authorization = parseAuthorization(header);
  const date = headerValue(request, 'x-amz-date');
  const faults = 'faults' in authorization ? [...authorization.faults] : [];
  if (date === undefined) {
    faults.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.");
  }
  const signingDate = parseAmzDate(date ?? '');
  if (date !== undefined && signingDate === null) {
    faults.push(
      `Date must be in ISO-8601 'basic format'. Got '${date}'. See http://en.wikipedia.org/wiki/ISO_8601`,
    );
  }
  if ('faults' in authorization || date === undefined || signingDate === null) {
    throw new AwsError('IncompleteSignature', 400, faults.join(' '));
  }
  verifyHost(authorization);
  return { authorization, date, signingDate, presigned: null };
}

function verifyScope({ day, service, terminator }: Authorization, expected: string, date: string): void {
  const faults: string[] = [];
  if (day !== date.slice(0, 8)) {
    faults.push(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ` +
        `'${day}' != '${date.slice(0, 8)}', from '${date}'.`,
    );
  }
  if (service !== expected) faults.push(`Credential should be scoped to correct service: '${expected}'.`);
  if (terminator !== 'aws4_request') {
    faults.push(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'.`);
  }
  if (faults.length > 0) throw signatureMismatch(faults.join(' '), faults.join(' '));
}

function verifySessionToken(
  sent: string | undefined,
  expected: string | undefined,
  accessKeyId: string,
): void {
  if (sent === undefined && expected === undefined) return;
  if (sent === undefined)
    throw invalidToken(`the request with temporary key ${accessKeyId} has no session token`);
  if (expected === undefined)
    throw invalidToken(`the request with long-term key ${accessKeyId} has a session token`);
  if (!equalInConstantTime(sent, expected)) {
    throw invalidToken(`the session token does not belong to ${accessKeyId}`);
  }
}

/**
 * Rejects a request whose date is too old or in the future. For a wrong date, AWS returns the error code for
 * a wrong signature. SDKs use the message to recognize a wrong date.
 */
function verifyAge(signed: Date, now: Date, expiresIn?: number): void {
  const windowMs = WINDOW_MINUTES * 60_000;
  const earliest = new Date(now.getTime() - (expiresIn === undefined ? windowMs : expiresIn * 1000));
  const latest = new Date(now.getTime() + windowMs);
  const told = (sentence: string) => signatureMismatch(sentence, sentence);
  if (signed < earliest) {
    throw told(
      `Signature expired: ${amzDate(signed)} is now earlier than ${amzDate(earliest)} ` +
        `(${amzDate(now)} - ${expiresIn === undefined ? `${WINDOW_MINUTES} min` : `${expiresIn} s`}.)`,
    );
  }
  if (signed > latest) {
    throw told(
      `Signature not yet current: ${amzDate(signed)} is still later than ${amzDate(latest)} ` +
        `(${amzDate(now)} + ${WINDOW_MINUTES} min.)`,
    );
  }
}

function verifyBodyHash(request: HttpRequest): void {
  const claimed = headerValue(request, 'x-amz-content-sha256');
  if (claimed === undefined) return;
  if (!equalInConstantTime(claimed, createHash('sha256').update(request.body).digest('hex'))) {
    throw signatureMismatch('x-amz-content-sha256 is not the hash of the body');
  }
}

function invalidToken(reason: string): AwsError {
  return new AwsError(
    'InvalidClientTokenId',
    403,
    'The security token included in the request is invalid.',
    reason,
  );
}

function signatureMismatch(
  reason: string,
  message = 'The request signature we calculated does not match the signature you provided. Check your AWS Secret ' +
    'Access Key and signing method. Consult the service documentation for details.',
): AwsError {
  return new AwsError('SignatureDoesNotMatch', 403, message, reason);
}
