import type { ExplainedCode, PageText } from './page.ts';
import { PAGES } from './pages.generated.ts';

/** A failure page with its code. */
export interface Page extends PageText {
  readonly code: ExplainedCode;
}

/** All codes, grouped by area. The area is the part of the code before the first dot. */
export const CODES: readonly ExplainedCode[] = Object.keys(PAGES) as ExplainedCode[];

export function isExplained(code: string): code is ExplainedCode {
  return Object.hasOwn(PAGES, code);
}

export function pageOf(code: ExplainedCode): Page {
  return { code, ...PAGES[code] };
}

/** Returns the codes by area. The area is the part of the code before the first dot. */
export function areas(): readonly { readonly name: string; readonly codes: readonly ExplainedCode[] }[] {
  const byArea = new Map<string, ExplainedCode[]>();
  for (const code of CODES) {
    const name = code.slice(0, code.indexOf('.'));
    byArea.set(name, [...(byArea.get(name) ?? []), code]);
  }
  return [...byArea].map(([name, codes]) => ({ name, codes }));
}
