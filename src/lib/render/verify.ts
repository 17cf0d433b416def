import type { Verification } from '../auth/verify.ts';
import { formatDuration } from '../core/duration.ts';
import { rfc3339 } from '../core/time.ts';
import { FAILURES } from '../failures/failures.ts';
import type { Fault } from '../jwt/fault.ts';
import type { Theme } from './theme.ts';

/** Formats a verification as JSON: schema `fedctl.verify/v1`. */
export function verifyDocument({ valid, issuer, subject, faults }: Verification) {
  return { schema: 'fedctl.verify/v1', valid, issuer, subject, faults } as const;
}

/**
 * Formats a verification for people: the verified claims, or every fault with the expected and the actual
 * value.
 */
export function verifyLines(
  verification: Verification,
  { audience, now, theme }: { readonly audience: string | null; readonly now: Date; readonly theme: Theme },
): readonly string[] {
  return verification.valid
    ? validLines(verification, audience, now, theme)
    : invalidLines(verification, theme);
}

function validLines(
  verification: Verification,
  audience: string | null,
  now: Date,
  theme: Theme,
): readonly string[] {
  const { issuer, subject, algorithm, keyId, expiresAt } = verification;
  const named = verification.audience.join(', ');
  return [
    theme.good('valid'),
    row('issuer', issuer, theme),
    row('subject', subject, theme),
    row('audience', audience ?? `not checked (--any-audience); the token has ${named}`, theme),
    row('signed', `${algorithm} with the key ${keyId}`, theme),
    row('expires', expiresAt === null ? null : expiry(expiresAt, now), theme),
  ];
}

function expiry(expiresAt: Date, now: Date): string {
  return `${rfc3339(expiresAt)}, in ${formatDuration((expiresAt.getTime() - now.getTime()) / 1000)}`;
}

function invalidLines({ faults, signatureChecked }: Verification, theme: Theme): readonly string[] {
  const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
  const unchecked =
    signatureChecked || faults.some(({ code }) => code === 'jwt.not-a-jwt')
      ? []
      : [theme.dim('The signature was not checked, because the token is invalid regardless of the key.')];
  return [
    `${theme.bad('invalid')}: ${count}`,
    ...faults.flatMap((fault) => faultLines(fault, theme)),
    ...unchecked,
  ];
}

function faultLines(fault: Fault, theme: Theme): readonly string[] {
  const { title, remedy } = FAILURES[fault.code];
  const about = fault.claim === null ? '' : ` (${fault.claim})`;
  return [
    `${theme.bad('✗')} ${title}${about}  ${theme.dim(fault.code)}`,
    row('expected', fault.expected, theme),
    row('seen', seenText(fault), theme),
    row('remedy', remedy, theme),
  ];
}

/**
 * Returns the actual value. Adds a note if two issuers differ only in a trailing slash, because this
 * difference is easy to overlook.
 */
function seenText({ code, expected, seen }: Fault): string {
  if (seen === null) return 'nothing';
  if (code !== 'jwt.issuer-mismatch') return seen;
  if (seen === `${expected}/`) return `${seen} (extra trailing slash)`;
  return `${seen}/` === expected ? `${seen} (missing trailing slash)` : seen;
}

function row(label: string, value: string | null, theme: Theme): string {
  return `  ${theme.dim(label.padEnd(8))}  ${value ?? 'nothing'}`;
}
