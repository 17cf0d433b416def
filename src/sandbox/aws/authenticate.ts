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
  signatureMatches,
} from './sigv4.ts';
import type { AwsWorld } from './world.ts';

/** The largest difference of a client's clock. */
const WINDOW_MINUTES = 5;

export interface Authenticated {
  readonly caller: Caller;
  readonly accessKeyId: string;
  /**
   * The Region in the signature. Any is accepted, because clients derive it from the host that they use
   * (facts/mongodb.md 2.3).
   */
  readonly region: string;
}

/**
 * Authenticates the signer of a request and verifies its integrity: form, scope, key, session token, age,
 * body and signature, in this order.
 *
 * @throws AwsError MissingAuthenticationToken, IncompleteSignature, InvalidClientTokenId, ExpiredToken,
 * SignatureDoesNotMatch
 */
export async function authenticate(
  request: HttpRequest,
  { world, service, now }: { world: AwsWorld; service: 'sts' | 'iam'; now: Date },
): Promise<Authenticated> {
  const { authorization, date, signingDate } = readSignature(request);
  verifyScope(authorization, service, date);
  const { accessKeyId, region } = authorization;
  const holder = world.holderOf(accessKeyId);
  if (holder === undefined) throw invalidToken(`access key ${accessKeyId} is unknown`);
  verifySessionToken(
    headerValue(request, 'x-amz-security-token'),
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
  verifyAge(signingDate, now);
  verifyBodyHash(request);
  if (!(await signatureMatches(request, authorization, signingDate, holder.secretAccessKey.reveal()))) {
    throw signatureMismatch(`the signature does not match the secret of ${accessKeyId}`);
  }
  return { caller: callerOf(holder), accessKeyId, region };
}

function readSignature(request: HttpRequest): {
  authorization: Authorization;
  date: string;
  signingDate: Date;
} {
  const header = headerValue(request, 'authorization');
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
  if (!authorization.signedHeaders.includes('host')) {
    throw signatureMismatch(
      'the Host header is not signed',
      "'Host' must be a 'SignedHeader' in the AWS Authorization.",
    );
  }
  return { authorization, date, signingDate };
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
  if (sent === undefined) throw invalidToken(`${accessKeyId} is temporary but has no session token`);
  if (expected === undefined) throw invalidToken(`the long-term key ${accessKeyId} has a session token`);
  if (!equalInConstantTime(sent, expected)) {
    throw invalidToken(`the session token does not belong to ${accessKeyId}`);
  }
}

/**
 * AWS reports a wrong clock with these messages, under the code of a wrong signature. SDKs recognize both.
 */
function verifyAge(signed: Date, now: Date): void {
  const windowMs = WINDOW_MINUTES * 60_000;
  const earliest = new Date(now.getTime() - windowMs);
  const latest = new Date(now.getTime() + windowMs);
  const told = (sentence: string) => signatureMismatch(sentence, sentence);
  if (signed < earliest) {
    throw told(
      `Signature expired: ${amzDate(signed)} is now earlier than ${amzDate(earliest)} ` +
        `(${amzDate(now)} - ${WINDOW_MINUTES} min.)`,
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
