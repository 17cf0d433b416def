import type { CredentialProviderId, ResolvedCredentials } from '../core/credentials.ts';

/** Why a provider has no keys, as half a sentence: `AWS_ACCESS_KEY_ID is not set`. */
export interface Absent {
  readonly absent: string;
}

/**
 * A source of keys. It returns keys, or why it has none. When it is configured but fails, it throws and later
 * providers are not asked, because the intended source is broken.
 */
export interface CredentialProvider {
  readonly id: CredentialProviderId;
  find(signal: AbortSignal): Promise<ResolvedCredentials | Absent>;
}

export function isAbsent(found: ResolvedCredentials | Absent): found is Absent {
  return 'absent' in found;
}
