import { FedctlError } from '../core/errors.ts';
import { isTooDeep, MAX_NESTING } from '../core/nesting.ts';
import { isRecord } from '../core/record.ts';
import { whatItIs } from './token-text.ts';

/** A decoded JWT. Neither the signature nor the claims are verified. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>;
  readonly payload: Readonly<Record<string, unknown>>;
}

/**
 * The maximum length of a token, in characters. AWS tokens are at most a few kilobytes, so longer texts are
 * rejected without parsing.
 */
export const MAX_JWT_LENGTH: number = 64 * 1024;

type Part = 'header' | 'payload' | 'signature';

/**
 * Decodes a compact JWT (RFC 7519, section 7.2) without verifying it. The base64url encoding must have no
 * padding and no unused bits, so each token has exactly one encoding. If a JSON member occurs twice, the last
 * value is used. This function accepts an empty signature, but verification rejects it.
 *
 * @throws FedctlError jwt.not-a-jwt. The message does not contain the token. `details.part` and
 * `details.reason` describe the fault.
 */
export function decodeJwt(text: string): DecodedJwt {
  if (text === '') throw notAJwt(null, 'it is empty');
  if (text.length > MAX_JWT_LENGTH) throw notAJwt(null, `it is longer than ${MAX_JWT_LENGTH} characters`);
  const parts = text.split('.');
  const [header, payload, signature] = parts;
  const isCompact = parts.length === 3 && /^[\w.-]*$/.test(text);
  const known = isCompact ? null : whatItIs(text);
  if (known !== null) throw notAJwt(null, known);
  if (header === undefined || payload === undefined || signature === undefined || parts.length > 3) {
    const found = parts.length === 1 ? 'one part' : `${parts.length} parts`;
    throw notAJwt(null, `it has ${found} instead of three dot-separated parts`);
  }
  const decoded = { header: jsonObject('header', header), payload: jsonObject('payload', payload) };
  bytesOf('signature', signature);
  return decoded;
}

/**
 * Returns whether a text looks like a complete or truncated token. Messages must not contain complete or
 * truncated tokens.
 */
export function looksLikeJwt(text: string): boolean {
  // If a JSON object starts with `{"`, its base64url encoding starts with `eyJ`.
  if (/eyJ[A-Za-z0-9_-]{8}/.test(text)) return true;
  const parts = text.trim().split('.');
  return parts.length >= 3 && /^\s*\{/.test(Buffer.from(parts[0] ?? '', 'base64url').toString());
}

function jsonObject(part: Part, encoded: string): Readonly<Record<string, unknown>> {
  const value = parse(part, bytesOf(part, encoded));
  if (!isRecord(value)) throw notAJwt(part, `its ${part} is JSON, but not an object`);
  if (isTooDeep(value)) throw notAJwt(part, `its ${part} is nested more than ${MAX_NESTING} levels deep`);
  return value;
}

function bytesOf(part: Part, encoded: string): Buffer {
  const bytes = Buffer.from(encoded, 'base64url');
  // Node.js skips invalid characters. Only a canonical encoding is the same after decoding and encoding
  // again.
  if (bytes.toString('base64url') !== encoded) throw notAJwt(part, `its ${part} is not base64url`);
  return bytes;
}

function parse(part: Part, bytes: Buffer): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw notAJwt(part, `its ${part} is not UTF-8`, cause);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The SyntaxError is not used as the cause, because its message quotes the text.
    throw notAJwt(part, `its ${part} is not JSON`);
  }
}

function notAJwt(part: Part | null, reason: string, cause?: unknown): FedctlError {
  return new FedctlError('jwt.not-a-jwt', {
    message: `The text is not a JWT: ${reason}.`,
    details: { part, reason },
    cause,
  });
}
