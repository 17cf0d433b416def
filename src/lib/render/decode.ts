import { timePair } from '../core/time.ts';
import type { DecodedJwt } from '../jwt/decode.ts';
import type { DescribedClaim, DescribedJwt } from '../jwt/describe.ts';
import { escapeText } from './escape.ts';
import type { Theme } from './theme.ts';

/**
 * Formats a decoded token as JSON: schema `fedctl.decode/v1`. Omits the signature, so the document cannot be
 * used as a token.
 */
export function decodeDocument({ header, payload }: DecodedJwt, described: DescribedJwt, now: Date) {
  const { issuedAt, expiresAt } = described;
  return {
    schema: 'fedctl.decode/v1',
    verified: false,
    header,
    payload,
    ...(issuedAt === null ? { issuedAt: null, issuedAtEpoch: null } : timePair('issuedAt', issuedAt)),
    ...(expiresAt === null ? { expiresAt: null, expiresAtEpoch: null } : timePair('expiresAt', expiresAt)),
    expired: expiresAt === null ? null : now >= expiresAt,
    claims: [
      ...described.standard.map((each) => claimDocument('standard', each)),
      ...described.aws.map((each) => claimDocument('aws', each)),
      ...described.other.map((each) => claimDocument('other', each)),
    ],
  } as const;
}

function claimDocument(group: 'standard' | 'aws' | 'other', { claim, words, value, lines }: DescribedClaim) {
  return { group, claim, words, value, lines };
}

/** Formats a decoded token for people: the header, the standard claims, the AWS claims and other claims. */
export function decodeLines(described: DescribedJwt, theme: Theme): readonly string[] {
  const blocks: readonly (readonly [string, readonly DescribedClaim[]])[] = [
    ['Header', described.header],
    ['Claims', described.standard],
    ['AWS claims', described.aws],
    ['Other claims', described.other],
  ];
  const shown = blocks.filter(([, claims]) => claims.length > 0);
  const width = Math.max(...shown.flatMap(([, claims]) => claims.map((each) => labelOf(each).length)));
  return shown.flatMap(([title, claims], index) => [
    ...(index === 0 ? [] : ['']),
    theme.strong(title),
    ...claims.flatMap((each) => rows(each, width, theme)),
  ]);
}

function rows(claim: DescribedClaim, width: number, theme: Theme): readonly string[] {
  const [first = '', ...rest] = claim.lines;
  const label = labelOf(claim);
  return [
    `  ${theme.dim(label.padEnd(width))}  ${first}`,
    ...rest.map((line) => `  ${' '.repeat(width)}  ${line}`),
  ];
}

/** The maximum width of a label, because the name of an unknown claim can be very long. */
const MAX_LABEL = 48;

function labelOf({ claim, words }: DescribedClaim): string {
  if (words !== null) return `${words} (${claim})`;
  // Escape the name first, because escaping changes the width.
  const name = escapeText(claim);
  return name.length > MAX_LABEL ? `${name.slice(0, MAX_LABEL)}…` : name;
}
