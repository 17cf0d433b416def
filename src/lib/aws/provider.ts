import type { CredentialProviderId, ResolvedCredentials } from '../core/credentials.ts';

/** The reason why a provider has no credentials, as part of a sentence, for example `AWS_ACCESS_KEY_ID is not set`. */
export interface Absent {
  readonly absent: string;
}

/**
 * A source of credentials. `find` returns credentials, or the reason why the source has no credentials. If a
 * source is configured but fails, `find` throws and later sources are not tried, because the user intended to
 * use the source that failed.
 */
export interface CredentialProvider {
  readonly id: CredentialProviderId;
  find(signal: AbortSignal): Promise<ResolvedCredentials | Absent>;
}

export function isAbsent(found: ResolvedCredentials | Absent): found is Absent {
  return 'absent' in found;
}
