import type { Credentials } from '../core/credentials.ts';
import { isRecord } from '../core/record.ts';
import { Secret } from '../core/secret.ts';
import { readExpiry } from './expiry.ts';

/** The maximum size of a response, in bytes. A valid response is about one kilobyte. */
export const METADATA_MAX_BYTES = 64 * 1024;

/**
 * Parses the credentials in the JSON response from a container endpoint or the instance metadata service
 * (facts/aws.md 7.5, 7.6). Returns null if a required member is missing or invalid.
 */
export function metadataCredentials(text: string): Credentials | null {
  const value = parsed(text);
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = value;
  if (
    typeof AccessKeyId !== 'string' ||
    typeof SecretAccessKey !== 'string' ||
    typeof Token !== 'string' ||
    typeof Expiration !== 'string'
  ) {
    return null;
  }
  const expiresAt = readExpiry(Expiration);
  if (expiresAt === null) return null;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: new Secret(SecretAccessKey),
    sessionToken: new Secret(Token),
    expiresAt,
  };
}

/**
 * Returns the error that an endpoint returned instead of credentials, such as `AssumeRoleUnauthorizedAccess:
 * EC2 cannot assume the role`; null if the response contains no error.
 */
export function metadataRefusal(text: string): string | null {
  const { Code, code, Message, message } = parsed(text);
  const words = [Code ?? code, Message ?? message].filter((each) => typeof each === 'string' && each !== '');
  return words.length === 0 ? null : words.join(': ').slice(0, 500);
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
