import type { Credentials } from '../core/credentials.ts';
import { rfc3339 } from '../core/time.ts';

/** A variable of the environment and its value; null where it must be unset. The values are revealed secrets. */
export interface Variable {
  readonly name: string;
  readonly value: string | null;
}

/**
 * Credentials as AWS tools read them from the environment (facts/aws.md 7.2). What these credentials lack is unset,
 * so that nothing of earlier ones is mixed in. The Region is none of it: it says where to go, not who is going.
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
