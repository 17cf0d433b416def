import type { CredentialProviderId, ResolvedCredentials } from '../core/credentials.ts';

/** Why a provider has no keys, as half a sentence: `AWS_ACCESS_KEY_ID is not set`. */
export interface Absent {
  readonly absent: string;
}

/**
 * One place where keys may be. It answers with keys, or with why it has none; where it is set up but fails, it throws,
 * and the providers after it are not asked: what the user meant to use is broken.
 */
export interface CredentialProvider {
  readonly id: CredentialProviderId;
  find(signal: AbortSignal): Promise<ResolvedCredentials | Absent>;
}

export function isAbsent(found: ResolvedCredentials | Absent): found is Absent {
  return 'absent' in found;
}
