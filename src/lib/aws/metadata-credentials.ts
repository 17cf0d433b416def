import type { Credentials } from '../credentials.ts';
import { Secret } from '../secret.ts';

/** What these endpoints answer is about a kilobyte. */
export const METADATA_MAX_BYTES = 64 * 1024;

/**
 * The keys in the JSON that container and instance endpoints answer with (facts/aws.md 7.5, 7.6): all four members
 * must be there. Null when it is something else.
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
  const expiresAt = new Date(Expiration);
  if (Number.isNaN(expiresAt.getTime())) return null;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: new Secret(SecretAccessKey),
    sessionToken: new Secret(Token),
    expiresAt,
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
