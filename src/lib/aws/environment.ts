import type { Context } from '../core/context.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { readExpiry } from './expiry.ts';
import type { Absent } from './provider.ts';

/**
 * The keys in the environment (facts/aws.md 7.2).
 *
 * @throws FedctlError aws.credentials-half-set
 */
export function environmentCredentials(env: Context['env']): ResolvedCredentials | Absent {
  const accessKeyId = env['AWS_ACCESS_KEY_ID']?.trim() ?? '';
  const secretAccessKey = env['AWS_SECRET_ACCESS_KEY']?.trim() ?? '';
  // The older name is read where the newer one is not there.
  const sessionToken = env['AWS_SESSION_TOKEN']?.trim() || env['AWS_SECURITY_TOKEN']?.trim() || '';
  if (accessKeyId === '' && secretAccessKey === '') return { absent: 'AWS_ACCESS_KEY_ID is not set' };
  if (accessKeyId === '' || secretAccessKey === '') throw halfSet(accessKeyId === '');
  return {
    accessKeyId,
    secretAccessKey: new Secret(secretAccessKey),
    sessionToken: sessionToken === '' ? null : new Secret(sessionToken),
    // A key without a session has no expiry. A text that is no time is nobody's loss: AWS has the last word.
    expiresAt: sessionToken === '' ? null : readExpiry(env['AWS_CREDENTIAL_EXPIRATION'] ?? ''),
    provider: 'environment',
    providerDetail: 'environment (AWS_ACCESS_KEY_ID)',
  };
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
