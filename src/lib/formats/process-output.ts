import type { Credentials } from '../core/credentials.ts';
import { rfc3339 } from '../core/time.ts';

/**
 * Formats the output that the AWS profile setting `credential_process` requires (facts/aws.md 7.1): one JSON
 * object. The output contains the expiration if it is known. Without the expiration, the SDK never refreshes
 * the credentials.
 *
 * @param account the AWS account ID (twelve digits); null to omit it
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
