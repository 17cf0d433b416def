import { inNetwork, isNetwork } from '../core/network.ts';
import { matches, type Pattern, textOf } from '../core/wildcard.ts';

/** A parsed condition operator. */
export interface Operator {
  /** The operator as written in the policy, for example `ForAllValues:StringEqualsIfExists`. */
  readonly name: string;
  readonly set: 'ForAllValues' | 'ForAnyValue' | null;
  readonly comparison: ComparisonName | 'Null';
  /** Whether a request without the condition key also meets the condition. */
  readonly ifExists: boolean;
}

/** The comparison of a request value with a policy value. */
export interface Comparison {
  /**
   * Whether the operator is negated. A request meets a condition with a negated operator if no policy value
   * matches, or if the request does not have the condition key.
   */
  readonly negated: boolean;
  /** Whether policy variables in the values are resolved. */
  readonly variables: boolean;
  /** Returns the fault of a policy value; null for a valid value. */
  fault(wanted: string): string | null;
  matches(seen: string, wanted: Pattern): boolean;
}

export type ComparisonName = keyof typeof COMPARISONS;

const sound = () => null;

function text(negated: boolean, same: Comparison['matches']): Comparison {
  return { negated, variables: true, fault: sound, matches: same };
}

function numeric(negated: boolean, holds: (seen: number, wanted: number) => boolean): Comparison {
  return {
    negated,
    variables: false,
    fault: (wanted) => (numberOf(wanted) === null ? `"${wanted}" is not a number` : null),
    matches: (seen, wanted) => compare(numberOf(seen), numberOf(textOf(wanted)), holds),
  };
}

function date(negated: boolean, holds: (seen: number, wanted: number) => boolean): Comparison {
  return {
    negated,
    variables: false,
    fault: (wanted) => (timeOf(wanted) === null ? `"${wanted}" is not an ISO 8601 date` : null),
    matches: (seen, wanted) => compare(timeOf(seen), timeOf(textOf(wanted)), holds),
  };
}

function address(negated: boolean): Comparison {
  return {
    negated,
    variables: false,
    fault: (wanted) =>
      isNetwork(wanted) ? null : `"${wanted}" is neither an IP address nor a network in CIDR notation`,
    matches: (seen, wanted) => inNetwork(seen, textOf(wanted)),
  };
}

const equal: Comparison['matches'] = (seen, wanted) => seen === textOf(wanted);
const equalIgnoringCase: Comparison['matches'] = (seen, wanted) =>
  seen.toLowerCase() === textOf(wanted).toLowerCase();
const like: Comparison['matches'] = (seen, wanted) => matches(wanted, seen);

const BOOL: Comparison = {
  negated: false,
  variables: false,
  fault: (wanted) => (/^(?:true|false)$/i.test(wanted) ? null : `"${wanted}" is neither true nor false`),
  matches: equalIgnoringCase,
};

/**
 * All comparison operators of the policy language except Null, which tests only whether the key is present.
 */
export const COMPARISONS = {
  StringEquals: text(false, equal),
  StringNotEquals: text(true, equal),
  StringEqualsIgnoreCase: text(false, equalIgnoringCase),
  StringNotEqualsIgnoreCase: text(true, equalIgnoringCase),
  StringLike: text(false, like),
  StringNotLike: text(true, like),
  // In AWS, ArnEquals behaves the same as ArnLike, and ArnNotEquals the same as ArnNotLike.
  ArnEquals: text(false, likeArn),
  ArnLike: text(false, likeArn),
  ArnNotEquals: text(true, likeArn),
  ArnNotLike: text(true, likeArn),
  NumericEquals: numeric(false, (seen, wanted) => seen === wanted),
  NumericNotEquals: numeric(true, (seen, wanted) => seen === wanted),
  NumericLessThan: numeric(false, (seen, wanted) => seen < wanted),
  NumericLessThanEquals: numeric(false, (seen, wanted) => seen <= wanted),
  NumericGreaterThan: numeric(false, (seen, wanted) => seen > wanted),
  NumericGreaterThanEquals: numeric(false, (seen, wanted) => seen >= wanted),
  DateEquals: date(false, (seen, wanted) => seen === wanted),
  DateNotEquals: date(true, (seen, wanted) => seen === wanted),
  DateLessThan: date(false, (seen, wanted) => seen < wanted),
  DateLessThanEquals: date(false, (seen, wanted) => seen <= wanted),
  DateGreaterThan: date(false, (seen, wanted) => seen > wanted),
  DateGreaterThanEquals: date(false, (seen, wanted) => seen >= wanted),
  Bool: BOOL,
  BinaryEquals: { ...text(false, equal), variables: false },
  IpAddress: address(false),
  NotIpAddress: address(true),
} as const satisfies Readonly<Record<string, Comparison>>;

/** Parses the name of an operator. Returns null for an invalid name. */
export function parseOperator(name: string): Operator | null {
  const found = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name);
  const [, set, comparison = '', ifExists] = found ?? [];
  if (!isComparison(comparison) && !(comparison === 'Null' && ifExists === undefined)) return null;
  return {
    name,
    set: set === 'ForAllValues' || set === 'ForAnyValue' ? set : null,
    comparison,
    ifExists: ifExists !== undefined,
  };
}

function isComparison(name: string): name is ComparisonName {
  return Object.hasOwn(COMPARISONS, name);
}

/**
 * Splits both ARNs at the colons into six parts and compares the parts. The sixth part can contain colons. A
 * wildcard matches only within its part, but the pattern `*` matches any value.
 */
function likeArn(seen: string, wanted: Pattern): boolean {
  if (textOf(wanted) === '*') return true;
  const given = seen.split(':');
  const parts = [...given.slice(0, 5), given.slice(5).join(':')];
  const wantedParts = splitArn(wanted);
  if (given.length < 6 || wantedParts.length < 6) return false;
  return wantedParts.every((part, index) => matches(part, parts[index] ?? ''));
}

function splitArn(pattern: Pattern): readonly Pattern[] {
  const parts: Pattern[number][][] = [[]];
  for (const token of pattern) {
    if (token === ':' && parts.length < 6) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  return parts;
}

function compare(
  seen: number | null,
  wanted: number | null,
  holds: (seen: number, wanted: number) => boolean,
): boolean {
  return seen !== null && wanted !== null && holds(seen, wanted);
}

function numberOf(value: string): number | null {
  return /^[+-]?\d{1,30}(?:\.\d{1,30})?$/.test(value) ? Number(value) : null;
}

const ISO_8601 = /^\d{4}-\d\d(?:-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?)?$/;

/**
 * Parses an ISO 8601 date or a number of seconds. Returns milliseconds since 1970; null for any other text.
 */
function timeOf(value: string): number | null {
  if (/^\d{1,12}$/.test(value) && value.length !== 4) return Number(value) * 1000;
  if (!ISO_8601.test(value)) return null;
  const zoned = !value.includes('T') || /(?:Z|[+-]\d\d:?\d\d)$/.test(value);
  const time = Date.parse(zoned ? value : `${value}Z`);
  return Number.isNaN(time) ? null : time;
}
