import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError } from '../core/errors.ts';

/**
 * Refuses a long-term key with a session token, and the key of a session without one: AWS answers both with "invalid",
 * and the id alone tells which it is.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 *
 * @returns the same credentials
 * @throws FedctlError aws.credentials-half-set
 */
export function withFittingToken(credentials: ResolvedCredentials): ResolvedCredentials {
  const fault = tokenFault(credentials);
  if (fault === null) return credentials;
  const { provider, providerDetail } = credentials;
  const id = credentials.accessKeyId;
  throw new FedctlError(
    'aws.credentials-half-set',
    fault === 'left over'
      ? {
          message: `${id} from ${providerDetail} is a long-term access key, but a session token is set with it.`,
          likelyCause:
            'A long-term key (AKIA…) has no session token. The token is left from another session.',
          remedy: LEFT_OVER[provider] ?? 'Remove the session token from the output of this provider.',
          details: { accessKeyId: credentials.accessKeyId, provider, providerDetail },
        }
      : {
          message: `${id} from ${providerDetail} is the access key of a session, but its session token is missing.`,
          likelyCause: 'The key of a session (ASIA…) is valid only together with its session token.',
          remedy: MISSING[provider] ?? 'Return the session token of the same session too.',
          details: {
            accessKeyId: credentials.accessKeyId,
            provider,
            providerDetail,
            missing: 'session token',
          },
        },
  );
}

const LEFT_OVER: Partial<Record<ResolvedCredentials['provider'], string>> = {
  environment: 'Unset AWS_SESSION_TOKEN and AWS_SECURITY_TOKEN.',
  profile: 'Remove aws_session_token from the section with this key.',
};

const MISSING: Partial<Record<ResolvedCredentials['provider'], string>> = {
  environment: 'Set AWS_SESSION_TOKEN to the token of the same session.',
  profile: 'Add aws_session_token to the section with this key.',
};

function tokenFault({ accessKeyId, sessionToken }: Credentials): 'left over' | 'missing' | null {
  // As AWS writes them: the ids of emulators may begin alike and mean nothing.
  const [, kind] = /^(AK|AS)IA[A-Z0-9]{16}$/.exec(accessKeyId) ?? [];
  if (kind === 'AK' && sessionToken !== null) return 'left over';
  return kind === 'AS' && sessionToken === null ? 'missing' : null;
}

/** The part of a key that has quotation marks in its value, which belong to no key: `access key id` …; null for none. */
export function quotedPart({ accessKeyId, secretAccessKey, sessionToken }: Credentials): string | null {
  if (isQuoted(accessKeyId)) return 'access key ID';
  if (isQuoted(secretAccessKey.reveal())) return 'secret access key';
  return sessionToken !== null && isQuoted(sessionToken.reveal()) ? 'session token' : null;
}

function isQuoted(value: string): boolean {
  return /^["'‘’“”`]|["'‘’“”`]$/.test(value);
}
