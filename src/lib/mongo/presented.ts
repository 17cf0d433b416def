import { bounded, within } from '../core/deadline.ts';
import type { MintedToken } from '../core/token.ts';
import type { LoginKeys, LoginPlan } from '../ports/mongo.ts';

/** The credential that a login sends to the server. */
export type Presented =
  | { readonly mechanism: 'MONGODB-OIDC'; readonly token: MintedToken }
  | { readonly mechanism: 'MONGODB-AWS'; readonly keys: LoginKeys };

/** The time limit that the driver sets for an OIDC callback, in seconds (facts/mongodb.md 1.4). */
export const CALLBACK_LIMIT_S = 60;

/**
 * Gets a token. The time limit is `timeoutMs`, but at least the time that the driver allows for its OIDC
 * callback.
 */
export async function tokenToPresent({ tokenSource, timeoutMs }: LoginPlan, signal: AbortSignal) {
  if (tokenSource === undefined) throw new TypeError('MONGODB-OIDC requires a token source');
  const limitMs = Math.max(timeoutMs, CALLBACK_LIMIT_S * 1000);
  const token = await bounded(signal, limitMs, (bound) => within(bound, tokenSource.get(bound)));
  return { mechanism: 'MONGODB-OIDC', token } as const;
}

/**
 * Gets AWS keys. Sets no time limit, because each step of the credential provider already has a time limit.
 */
export async function keysToPresent({ credentials }: LoginPlan, signal: AbortSignal) {
  if (credentials === undefined) throw new TypeError('MONGODB-AWS requires credentials');
  return { mechanism: 'MONGODB-AWS', keys: await within(signal, credentials(signal)) } as const;
}

/**
 * Describes the credential without secrets: the subject and audience of a token, or the ARN and source of AWS
 * keys.
 */
export function presentedText(presented: Presented): string {
  if (presented.mechanism === 'MONGODB-OIDC') {
    const { subject, audience } = presented.token;
    return `token of ${subject} for ${audience.join(', ')}`;
  }
  const { arn, accessKeyId, providerDetail } = presented.keys;
  return arn === null
    ? `key ${accessKeyId}, from ${providerDetail}; its principal is unknown, because STS is unreachable`
    : `credentials of ${arn}, from ${providerDetail}`;
}
