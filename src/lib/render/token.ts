import { formatDuration } from '../core/duration.ts';
import { rfc3339, timePair } from '../core/time.ts';
import type { MintedToken } from '../core/token.ts';

/** The JSON face of a token: schema `fedctl.token/v1`. Holds the token itself. */
export function tokenDocument(token: MintedToken) {
  return {
    schema: 'fedctl.token/v1',
    token: token.token.reveal(),
    issuer: token.issuer,
    subject: token.subject,
    audience: token.audience,
    algorithm: token.algorithm,
    keyId: token.keyId,
    tokenId: token.tokenId,
    ...timePair('issuedAt', token.issuedAt),
    ...timePair('expiresAt', token.expiresAt),
  } as const;
}

/** Who, for whom and until when, in one line without the token. */
export function tokenLine(token: MintedToken, now: Date): string {
  const left = formatDuration((token.expiresAt.getTime() - now.getTime()) / 1000);
  const audience = token.audience.join(', ');
  return `token of ${token.subject} for ${audience}, valid until ${rfc3339(token.expiresAt)} (${left})`;
}
