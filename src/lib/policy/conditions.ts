import { type Pattern, patternOf } from '../core/wildcard.ts';
import type { Condition, PolicyDocument } from './document.ts';
import { COMPARISONS, type Comparison } from './operators.ts';
import type { RequestContext } from './request.ts';
import { resolveVariables } from './variables.ts';

/**
 * Returns whether a request meets a condition (facts/aws.md 5):
 *
 * - The operator Null tests only whether the request has the condition key.
 * - A request without the key meets the condition if the operator has IfExists or ForAllValues, or if the
 * operator is negated and does not have ForAnyValue.
 * - If the key is multivalued, the request meets the condition only if the operator has ForAllValues or
 * ForAnyValue. This rule is verified for StringEquals on sts:IdentityTokenAudience, but not for negated
 * operators.
 */
export function holds(
  { operator, key, values }: Condition,
  context: RequestContext,
  version: PolicyDocument['version'],
): boolean {
  const { comparison: name, set, ifExists } = operator;
  const seen = context.get(key);
  if (name === 'Null')
    return values.some((value) => (value.toLowerCase() === 'true') === (seen === undefined));
  const comparison: Comparison = COMPARISONS[name];
  if (seen === undefined) {
    if (ifExists || set !== null) return ifExists || set === 'ForAllValues';
    return comparison.negated;
  }
  const wanted = values
    .map((value) => (comparison.variables ? elementPattern(value, context, version) : patternOf(value)))
    .filter((pattern) => pattern !== null);
  const one = (value: string) =>
    wanted.some((pattern) => comparison.matches(value, pattern)) !== comparison.negated;
  if (set === null) return typeof seen === 'string' && one(seen);
  const list = typeof seen === 'string' ? [seen] : seen;
  return set === 'ForAllValues' ? list.every(one) : list.some(one);
}

/**
 * Resolves the policy variables in a text, if the policy version supports variables. A multivalued key cannot
 * be a policy variable.
 *
 * @returns null if a variable has no value. In this case, the text matches nothing. If
 * it is the only value of a condition with a negated operator, the condition is true (not verified in AWS).
 */
export function elementPattern(
  text: string,
  context: RequestContext,
  version: PolicyDocument['version'],
): Pattern | null {
  if (version === '2008-10-17') return patternOf(text);
  return resolveVariables(text, (key) => {
    const value = context.get(key);
    return typeof value === 'string' ? value : undefined;
  });
}
