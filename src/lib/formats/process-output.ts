import type { Credentials } from '../core/credentials.ts';
import { rfc3339 } from '../core/time.ts';

/**
 * Formats the output that `credential_process` of an AWS profile must print (facts/aws.md 7.1): one JSON
 * object. Without an expiration the SDK never asks again, so it is left out only when it is unknown.
 *
 * @param account twelve digits
 */
export function credentialProcessOutput(credentials: Credentials, account: string | null): string {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credentials;
  const output = {
    Version: 1,
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken === null ? {} : { SessionToken: sessionToken.reveal() }),
    ...(expiresAt === null ? {} : { Expiration: rfc3339(expiresAt) }),
    ...(account === null ? {} : { AccountId: account }),
  };
  return `${JSON.stringify(output)}\n`;
}
