import type { Context } from '../core/context.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import { within } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { rfc3339 } from '../core/time.ts';
import { withFittingToken } from './access-key.ts';
import type { FindCredentials } from './connection.ts';
import { type CredentialProvider, isAbsent } from './provider.ts';

/**
 * The minimum remaining lifetime of cached credentials, in milliseconds. Credentials that expire sooner are
 * renewed, because the SDK treats them as expired (facts/aws.md 7.4).
 */
const RENEW_BEFORE_MS = 5 * 60_000;

/**
 * Tries the providers in order and returns the credentials of the first provider that has credentials. If no
 * provider has credentials, the failure contains the reason that each provider returned. The provider chain
 * of the SDK is not used, because it reports the same sentence for every failure.
 *
 * @param faults sentences about missing or invalid AWS files. The failure contains these sentences.
 * @throws FedctlError aws.credentials-missing with details.tried; aws.credentials-half-set;
 * aws.credentials-expired; a failure from a provider
 */
export async function findCredentials(
  providers: readonly CredentialProvider[],
  faults: readonly string[],
  now: () => Date,
  signal: AbortSignal,
): Promise<ResolvedCredentials> {
  const tried: { readonly provider: string; readonly reason: string }[] = [];
  for (const provider of providers) {
    const found = await provider.find(signal);
    if (!isAbsent(found)) return unexpired(withFittingToken(found), now());
    tried.push({ provider: provider.id, reason: found.absent });
  }
  throw new FedctlError('aws.credentials-missing', {
    message: 'No AWS credentials were found.',
    details: {
      tried,
      evidence: [...tried.map(({ provider, reason }) => `${provider}: ${reason}`), ...faults],
    },
  });
}

const FROM_ENVIRONMENT = {
  likelyCause:
    'The session of these credentials has expired, or AWS_CREDENTIAL_EXPIRATION is from an earlier session.',
  remedy:
    'Export new credentials with their AWS_CREDENTIAL_EXPIRATION, or use another provider: run "unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION".',
};

/**
 * Returns the credentials if they have not expired.
 *
 * @throws FedctlError aws.credentials-expired
 */
export function unexpired(credentials: ResolvedCredentials, now: Date): ResolvedCredentials {
  const { expiresAt, providerDetail, provider } = credentials;
  if (expiresAt === null || expiresAt > now) return credentials;
  const age = formatDuration((now.getTime() - expiresAt.getTime()) / 1000);
  throw new FedctlError('aws.credentials-expired', {
    message: `The AWS credentials from ${providerDetail} expired ${age} ago, at ${rfc3339(expiresAt)}${provider === 'environment' ? ', according to AWS_CREDENTIAL_EXPIRATION' : ''}.`,
    ...(provider === 'environment' ? FROM_ENVIRONMENT : {}),
    details: { provider, providerDetail, expiresAt: rfc3339(expiresAt) },
  });
}

/**
 * Returns a function that calls `find` and caches the credentials until shortly before they expire.
 * Concurrent callers share one call to `find`, and each caller stops waiting when its own signal fires. If a
 * renewal fails while the cached credentials are still valid, the function returns the cached credentials.
 */
export function cachedCredentials(
  find: FindCredentials,
  { now, signal: runs }: Pick<Context, 'now' | 'signal'>,
): FindCredentials {
  let kept: ResolvedCredentials | null = null;
  let search: Promise<ResolvedCredentials> | null = null;
  const holdsFor = (credentials: ResolvedCredentials, ms: number): boolean =>
    credentials.expiresAt === null || credentials.expiresAt.getTime() - now().getTime() > ms;
  const searched = async (): Promise<ResolvedCredentials> => {
    try {
      kept = await find(runs);
      return kept;
    } catch (error) {
      if (kept !== null && isFedctlError(error) && holdsFor(kept, 0)) return kept;
      throw error;
    } finally {
      search = null;
    }
  };
  return async (signal) => {
    if (kept !== null && holdsFor(kept, RENEW_BEFORE_MS)) return kept;
    search ??= searched();
    return await within(signal, search);
  };
}
