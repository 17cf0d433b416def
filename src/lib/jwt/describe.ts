import { formatDuration } from '../core/duration.ts';
import { isRecord } from '../core/record.ts';
import { rfc3339 } from '../core/time.ts';
import {
  AWS_CLAIMS,
  AWS_NAMESPACE,
  type ClaimMeaning,
  HEADER_PARAMETERS,
  STANDARD_CLAIMS,
} from './claims.ts';
import type { DecodedJwt } from './decode.ts';
import { numericDate } from './numeric-date.ts';
import { principalInWords } from './principal.ts';

/** A claim with its value as readable text. The text must be escaped before it is printed on a terminal. */
export interface DescribedClaim {
  readonly claim: string;
  /** The readable name of the claim; null if the claim is unknown. */
  readonly words: string | null;
  readonly value: unknown;
  /**
   * The value as text, one entry per line. For a principal, the second line describes the ARN in the first
   * line.
   */
  readonly lines: readonly string[];
}

/** The claims of a token as readable text. The claims are not verified. */
export interface DescribedJwt {
  readonly header: readonly DescribedClaim[];
  readonly standard: readonly DescribedClaim[];
  /** The claims in the AWS namespace; empty if the token comes from another issuer. */
  readonly aws: readonly DescribedClaim[];
  readonly other: readonly DescribedClaim[];
  readonly issuedAt: Date | null;
  readonly expiresAt: Date | null;
}

/**
 * Describes every claim of a token. The known claims are first, in a fixed order. The unknown claims follow,
 * in their original order.
 */
export function describeJwt({ header, payload }: DecodedJwt, now: Date): DescribedJwt {
  const namespace = payload[AWS_NAMESPACE];
  const aws = isRecord(namespace) ? namespace : {};
  const others = Object.entries(payload).filter(
    ([claim]) => !STANDARD_CLAIMS.has(claim) && !(claim === AWS_NAMESPACE && isRecord(namespace)),
  );
  return {
    header: describeAll(header, HEADER_PARAMETERS, now),
    standard: describeKnown(payload, STANDARD_CLAIMS, now),
    aws: describeAll(aws, AWS_CLAIMS, now),
    other: others.map(([claim, value]) => describe(claim, value, null, now)),
    issuedAt: numericDate(payload['iat']),
    expiresAt: numericDate(payload['exp']),
  };
}

type Meanings = ReadonlyMap<string, ClaimMeaning>;

function describeKnown(
  claims: Readonly<Record<string, unknown>>,
  known: Meanings,
  now: Date,
): DescribedClaim[] {
  return [...known]
    .filter(([claim]) => Object.hasOwn(claims, claim))
    .map(([claim, meaning]) => describe(claim, claims[claim], meaning, now));
}

function describeAll(
  claims: Readonly<Record<string, unknown>>,
  known: Meanings,
  now: Date,
): DescribedClaim[] {
  const unknown = Object.entries(claims).filter(([claim]) => !known.has(claim));
  return [
    ...describeKnown(claims, known, now),
    ...unknown.map(([claim, value]) => describe(claim, value, null, now)),
  ];
}

function describe(claim: string, value: unknown, meaning: ClaimMeaning | null, now: Date): DescribedClaim {
  return { claim, words: meaning?.words ?? null, value, lines: linesOf(value, meaning?.kind ?? 'text', now) };
}

function linesOf(value: unknown, kind: ClaimMeaning['kind'], now: Date): readonly string[] {
  if (kind === 'time') {
    const date = typeof value === 'string' ? timestamp(value) : numericDate(value);
    if (date !== null) return [`${rfc3339(date)}, ${distance(date, now)}`];
  }
  if (kind === 'principal' && typeof value === 'string') {
    const words = principalInWords(value);
    return words === null ? [value] : [value, words];
  }
  // In the AWS documentation, `ou_path` is a string, but in real tokens it is a list. Both are displayed in the
  // same way.
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  if (isRecord(value) && Object.values(value).every((each) => typeof each === 'string')) {
    return Object.entries(value).map(([key, each]) => `${key} = ${String(each)}`);
  }
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

/** Parses the claim `original_session_exp`, a time in RFC 3339 format in UTC (facts/aws.md 3.2). */
function timestamp(text: string): Date | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text)) return null;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? null : date;
}

/** Describes a time relative to now, for example `in 4 min 12 s`, `3 min 12 s ago` or `now`. */
function distance(date: Date, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  if (seconds === 0) return 'now';
  return seconds > 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(seconds)} ago`;
}
