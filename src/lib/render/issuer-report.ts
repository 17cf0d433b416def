import type { IssuerReport, Reading } from '../auth/issuer-report.ts';
import type { SuggestedCommand } from '../core/command-line.ts';
import type { Row } from './block.ts';

/**
 * Returns the complete command line for the suggested command of a failure. Returns null if there is no
 * suggested command, or if part of the command is unknown.
 */
export type Offer = (command: SuggestedCommand | null) => string | null;

/** Returns the members of a JSON document that describe the responses from the issuer. */
export function issuerMembers({ discovery, jwks, keys }: IssuerReport, offer: Offer) {
  return { discovery: readingDocument(discovery, offer), jwks: readingDocument(jwks, offer), keys };
}

function readingDocument({ url, ok, failure }: Reading, offer: Offer) {
  return {
    url,
    ok,
    failure:
      failure === null
        ? null
        : {
            code: failure.code,
            message: failure.message,
            remedy: failure.remedy,
            command: offer(failure.command),
          },
  };
}

export function issuerRows({ discovery, jwks, keys }: IssuerReport): readonly Row[] {
  return [
    ['discovery', readingText(discovery)],
    ['keys', readingText(jwks)],
    ...keys.map(
      (key): Row => ['', `${key.keyId ?? '(no key ID)'}, ${key.algorithm ?? `${key.keyType}, no algorithm`}`],
    ),
  ];
}

function readingText({ url, ok, failure }: Reading): string {
  if (ok === null) return 'not requested';
  if (ok) return url ?? '';
  return `failed (${failure?.code}): ${failure?.message}`;
}
