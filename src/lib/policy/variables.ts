import { type Pattern, patternOf } from '../core/wildcard.ts';

/** `${key}`, `${key, 'default'}`, `${*}`, `${?}`, `${$}`. */
const VARIABLE = /\$\{([^}']*)(?:'([^']*)'[ \t]*)?\}/g;

/** Returns the value of a policy variable, or undefined if the request has no such key. */
export type Lookup = (key: string) => string | undefined;

/**
 * Resolves the policy variables in a text. A value is literal text, so a `*` in a tag value is not a
 * wildcard.
 *
 * @returns null if a variable has neither a value nor a default; the text then matches nothing
 */
export function resolveVariables(text: string, lookup: Lookup): Pattern | null {
  const pattern: Pattern[number][] = [];
  let read = 0;
  for (const found of text.matchAll(VARIABLE)) {
    const value = resolved(found[1] ?? '', found[2], lookup);
    if (value === undefined) return null;
    pattern.push(...patternOf(text.slice(read, found.index)), ...value);
    read = found.index + found[0].length;
  }
  pattern.push(...patternOf(text.slice(read)));
  return pattern;
}

/** Returns the fault of the policy variables in a text; null if they are valid. */
export function variableFault(text: string): string | null {
  for (const [whole, head = '', fallback] of text.matchAll(VARIABLE)) {
    const wellFormed =
      fallback === undefined ? /^(?:[*?$]|[^,]*[^, \t][^,]*)$/ : /^[^,]*[^, \t][^,]*,[ \t]*$/;
    if (!wellFormed.test(head)) return `${whole} is not a policy variable`;
  }
  return text.replaceAll(VARIABLE, '').includes('${') ? 'unclosed policy variable' : null;
}

function resolved(head: string, fallback: string | undefined, lookup: Lookup): string | undefined {
  if (head === '*' || head === '?' || head === '$') return head;
  return lookup(head.replace(/,[ \t]*$/, '').trim()) ?? fallback;
}
