import type { CredentialProviderId, ResolvedCredentials } from '../core/credentials.ts';

/** The reason why a provider has no keys, as part of a sentence: `AWS_ACCESS_KEY_ID is not set`. */
export interface Absent {
  readonly absent: string;
}

/**
 * A source of keys. `find` returns keys, or the reason why the source has no keys. If a source is configured
 * but fails, `find` throws and later sources are not tried, because the user intended the failed source.
 */
export interface CredentialProvider {
  readonly id: CredentialProviderId;
  find(signal: AbortSignal): Promise<ResolvedCredentials | Absent>;
}

export function isAbsent(found: ResolvedCredentials | Absent): found is Absent {
  return 'absent' in found;
}
