import type { Context } from '../core/context.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { readExpiry } from './expiry.ts';
import type { Absent } from './provider.ts';

/**
 * Returns the credentials in the environment variables (facts/aws.md 7.2).
 *
 * @throws FedctlError aws.credentials-half-set; usage.invalid-value if the expiration is not a valid time
 */
export function environmentCredentials(env: Context['env']): ResolvedCredentials | Absent {
  const accessKeyId = env['AWS_ACCESS_KEY_ID']?.trim() ?? '';
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY']?.trim() ?? '';
  // AWS_SECURITY_TOKEN is the older name of AWS_SESSION_TOKEN.
  const sessionToken = env['AWS_SESSION_TOKEN']?.trim() || env['AWS_SECURITY_TOKEN']?.trim() || '';
  if (accessKeyId === '' && secretAccessKey === '') return { absent: 'AWS_ACCESS_KEY_ID is not set' };
  if (accessKeyId === '' || secretAccessKey === '') throw halfSet(accessKeyId === '');
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    sessionToken: sessionToken === '' ? null : new Secret(sessionToken),
    // A long-term key has no session token and does not expire.
    expiresAt: sessionToken === '' ? null : expiryOf(env['AWS_CREDENTIAL_EXPIRATION']?.trim() ?? ''),
    provider: 'environment',
    providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
  };
}

/** Parses AWS_CREDENTIAL_EXPIRATION. An invalid time is an error, as in the AWS CLI and boto3. */
function expiryOf(text: string): Date | null {
  if (text === '') return null;
  const expiresAt = readExpiry(text);
  if (expiresAt !== null) return expiresAt;
  throw new FedctlError('usage.invalid-value', {
    message: `AWS_CREDENTIAL_EXPIRATION is "${text.slice(0, 50)}": expected a time such as 2026-01-31T12:00:00Z.`,
    likelyCause: 'The variable must contain the expiration time of the session in RFC 3339 format.',
    remedy: 'Export the credentials again, or unset AWS_CREDENTIAL_EXPIRATION.',
    details: { source: 'AWS_CREDENTIAL_EXPIRATION' },
  });
}

function halfSet(isIdMissing: boolean): FedctlError {
  const [missing, set] = isIdMissing
    ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']
    : ['AWS_SECRET_ACCESS_KEY', 'AWS_ACCESS_KEY_ID'];
  return new FedctlError('aws.credentials-half-set', {
    message: `${set} is set in the environment, but ${missing} is not.`,
    details: { missing, set },
  });
}
