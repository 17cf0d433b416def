import type { Credentials } from '../core/credentials.ts';
import { rfc3339 } from '../core/time.ts';

/** An environment variable and its value in plain text. Null unsets the variable. */
export interface Variable {
  readonly name: string;
  readonly value: string | null;
}

/**
 * Returns the credentials as the environment variables that AWS tools use (facts/aws.md 7.2). Variables
 * without a value are unset to remove earlier credentials. The Region is not included, because it is not part
 * of the credentials.
 */
export function credentialVariables(credentials: Credentials): readonly Variable[] {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credentials;
  return [
    { name: 'AWS_ACCESS_KEY_ID', value: accessKeyId },
    { name: 'AWS_SECRET_ACCESS_KEY', value: secretAccessKey.reveal() },
    { name: 'AWS_SESSION_TOKEN', value: sessionToken === null ? null : sessionToken.reveal() },
    { name: 'AWS_CREDENTIAL_EXPIRATION', value: expiresAt === null ? null : rfc3339(expiresAt) },
  ];
}
