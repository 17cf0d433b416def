import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';

/**
 * Rejects a long-term key with a session token, and a temporary key without one. AWS returns "invalid" for
 * both, and only the prefix of the id distinguishes them. Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 *
 * @returns the same credentials
 * @throws FedctlError aws.credentials-half-set; usage.invalid-value for a value that no request can carry
 */
export function withFittingToken(credentials: ResolvedCredentials): ResolvedCredentials {
  refuseUnsendable(credentials);
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
          remedy: LEFT_OVER[provider] ?? 'Remove the session token from what this provider returns.',
          details: { accessKeyId: credentials.accessKeyId, provider, providerDetail },
        }
      : {
          message: `${id} from ${providerDetail} is the access key of a session, but its session token is missing.`,
          likelyCause: 'The key of a session (ASIA…) is valid only together with its session token.',
          remedy:
            MISSING[provider] ?? 'This provider must return the session token of the same session as well.',
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
  profile: 'Remove aws_session_token from the section that holds this key.',
};

const MISSING: Partial<Record<ResolvedCredentials['provider'], string>> = {
  environment: 'Set AWS_SESSION_TOKEN to the session token of the same session as the key.',
  profile: 'Add aws_session_token to the section that holds this key.',
};

function tokenFault({ accessKeyId, sessionToken }: Credentials): 'left over' | 'missing' | null {
  // Only ids in the format of AWS: the prefixes of an emulator's ids mean nothing.
  const [, kind] = /^(AK|AS)IA[A-Z0-9]{16}$/.exec(accessKeyId) ?? [];
  if (kind === 'AK' && sessionToken !== null) return 'left over';
  return kind === 'AS' && sessionToken === null ? 'missing' : null;
}

/** A part of a key whose value contains foreign text: `access key ID`, `quotation marks`. */
export interface ForeignPart {
  readonly part: string;
  readonly has: 'quotation marks' | 'a blank' | 'a character that is not ASCII';
}

/** A header takes none of these, so the request would not leave this process. */
const UNSENDABLE = /[^\x20-\x7e]/;

function refuseUnsendable(credentials: ResolvedCredentials): void {
  const { accessKeyId, sessionToken, provider, providerDetail } = credentials;
  const isSendable = !UNSENDABLE.test(`${accessKeyId}${sessionToken?.reveal() ?? ''}`);
  if (isSendable && !accessKeyId.includes(' ')) return;
  // The secret is not sent: with a blank in it the signature is wrong, and AWS says so.
  const foreign = foreignPart({ ...credentials, secretAccessKey: new Secret('') });
  throw new FedctlError('usage.invalid-value', {
    message: `The ${foreign?.part ?? 'key'} from ${providerDetail} has ${foreign?.has ?? 'a blank'} in it, and no key does.`,
    likelyCause: 'A file or a paste left it there.',
    remedy: 'Copy the value again, without blanks, line breaks and quotation marks.',
    details: { provider, providerDetail },
  });
}

/** Returns what a file or a paste left in the value of a key; null for nothing. */
export function foreignPart({ accessKeyId, secretAccessKey, sessionToken }: Credentials): ForeignPart | null {
  const parts = {
    'access key ID': accessKeyId,
    'secret access key': secretAccessKey.reveal(),
    'session token': sessionToken?.reveal() ?? '',
  };
  for (const [part, value] of Object.entries(parts)) {
    if (isQuoted(value)) return { part, has: 'quotation marks' };
    if (/\s/.test(value)) return { part, has: 'a blank' };
    if (UNSENDABLE.test(value)) return { part, has: 'a character that is not ASCII' };
  }
  return null;
}

function isQuoted(value: string): boolean {
  return /^["'‘’“”`]|["'‘’“”`]$/.test(value);
}
