import { formatDuration } from '../core/duration.ts';
import { rfc3339, timePair } from '../core/time.ts';
import type { MintedToken } from '../core/token.ts';

/** Formats a token as JSON: schema `fedctl.token/v1`. The document contains the token, which is a secret. */
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

/** Formats subject, audience and expiration in one line, without the token. */
export function tokenLine(token: MintedToken, now: Date): string {
  const left = formatDuration((token.expiresAt.getTime() - now.getTime()) / 1000);
  const audience = token.audience.join(', ');
  return `token of ${token.subject} for ${audience}, valid until ${rfc3339(token.expiresAt)} (${left})`;
}
