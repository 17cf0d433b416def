import { bounded, within } from '../core/deadline.ts';
import type { MintedToken } from '../core/token.ts';
import type { LoginKeys, LoginPlan } from '../ports/mongo.ts';

/** The credential that is sent in a login. */
export type Presented =
  | { readonly mechanism: 'MONGODB-OIDC'; readonly token: MintedToken }
  | { readonly mechanism: 'MONGODB-AWS'; readonly keys: LoginKeys };

/** The driver's own limit on an OIDC callback, in seconds (facts/mongodb.md 1.4). */
export const CALLBACK_LIMIT_S = 60;

/** Gets a token. Its source bounds each step; the total is bounded by the time that the driver would wait. */
export async function tokenToPresent({ tokenSource, timeoutMs }: LoginPlan, signal: AbortSignal) {
  if (tokenSource === undefined) throw new TypeError('MONGODB-OIDC requires a token source');
  const limitMs = Math.max(timeoutMs, CALLBACK_LIMIT_S * 1000);
  const token = await bounded(signal, limitMs, (bound) => within(bound, tokenSource.get(bound)));
  return { mechanism: 'MONGODB-OIDC', token } as const;
}

/** Gets keys. Their source bounds each step. */
export async function keysToPresent({ credentials }: LoginPlan, signal: AbortSignal) {
  if (credentials === undefined) throw new TypeError('MONGODB-AWS requires credentials');
  return { mechanism: 'MONGODB-AWS', keys: await within(signal, credentials(signal)) } as const;
}

/** Describes the credential for people, without a secret: what it is, its subject and its audience. */
export function presentedText(presented: Presented): string {
  if (presented.mechanism === 'MONGODB-OIDC') {
    const { subject, audience } = presented.token;
    return `token of ${subject} for ${audience.join(', ')}`;
  }
  const { arn, accessKeyId, providerDetail } = presented.keys;
  return arn === null
    ? `key ${accessKeyId}, from ${providerDetail}; STS cannot be reached to identify its owner`
    : `credentials of ${arn}, from ${providerDetail}`;
}
