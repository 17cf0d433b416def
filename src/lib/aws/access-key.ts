import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';

/**
 * Rejects a long-term key if a session token is set, and a temporary key if no session token is set. AWS
 * returns the same error for both faults. fedctl reads the type of the key from the prefix of the key ID.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
 *
 * @returns the unchanged credentials
 * @throws FedctlError aws.credentials-half-set; usage.invalid-value if a value cannot be sent in an HTTP
 * header
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
          message: `${id} from ${providerDetail} is a long-term access key, but a session token is also set.`,
          likelyCause:
            'A long-term key (AKIA…) has no session token. The session token that is set belongs to another session.',
          remedy: LEFT_OVER[provider] ?? 'Remove the session token from the output of this provider.',
          details: { accessKeyId: credentials.accessKeyId, provider, providerDetail },
        }
      : {
          message: `${id} from ${providerDetail} is the access key of a session, but its session token is missing.`,
          likelyCause: 'The key of a session (ASIA…) is valid only together with its session token.',
          remedy:
            MISSING[provider] ?? 'This provider must also return the session token that belongs to the key.',
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
  profile: 'Remove aws_session_token from the section that contains this key.',
};

const MISSING: Partial<Record<ResolvedCredentials['provider'], string>> = {
  environment: 'Set AWS_SESSION_TOKEN to the session token that belongs to the key.',
  profile: 'Add aws_session_token to the section that contains this key.',
};

function tokenFault({ accessKeyId, sessionToken }: Credentials): 'left over' | 'missing' | null {
  // Only key IDs in the AWS format are checked. An emulator may use other key IDs, whose prefix has no
  // meaning.
  const [, kind] = /^(AK|AS)IA[A-Z0-9]{16}$/.exec(accessKeyId) ?? [];
  if (kind === 'AK' && sessionToken !== null) return 'left over';
  return kind === 'AS' && sessionToken === null ? 'missing' : null;
}

/** Describes which part of the credentials contains invalid characters, such as quotation marks. */
export interface ForeignPart {
  readonly part: string;
  readonly has: 'quotation marks' | 'white space' | 'a character that is not ASCII';
}

/** Characters that an HTTP header cannot contain. A request with such a character cannot be sent. */
const UNSENDABLE = /[^\x20-\x7e]/;

function refuseUnsendable(credentials: ResolvedCredentials): void {
  const { accessKeyId, sessionToken, provider, providerDetail } = credentials;
  const isSendable = !UNSENDABLE.test(`${accessKeyId}${sessionToken?.reveal() ?? ''}`);
  if (isSendable && !accessKeyId.includes(' ')) return;
  // The secret access key is not checked here, because it is not sent. If the secret access key is wrong, AWS
  // rejects the signature.
  const foreign = foreignPart({ ...credentials, secretAccessKey: new Secret('') });
  throw new FedctlError('usage.invalid-value', {
    message: `The ${foreign?.part ?? 'key'} from ${providerDetail} is invalid: it contains ${foreign?.has ?? 'white space'}.`,
    likelyCause: 'The value was probably copied with additional characters.',
    remedy: 'Copy the value again, without white space or quotation marks.',
    details: { provider, providerDetail },
  });
}

/**
 * Checks each part of the credentials for quotation marks, white space and non-ASCII characters. Returns the
 * first part that contains such a character; null if no part does.
 */
export function foreignPart({ accessKeyId, secretAccessKey, sessionToken }: Credentials): ForeignPart | null {
  const parts = {
    'access key ID': accessKeyId,
    'secret access key': secretAccessKey.reveal(),
    'session token': sessionToken?.reveal() ?? '',
  };
  for (const [part, value] of Object.entries(parts)) {
    if (isQuoted(value)) return { part, has: 'quotation marks' };
    if (/\s/.test(value)) return { part, has: 'white space' };
    if (UNSENDABLE.test(value)) return { part, has: 'a character that is not ASCII' };
  }
  return null;
}

function isQuoted(value: string): boolean {
  return /^["'‘’“”`]|["'‘’“”`]$/.test(value);
}
