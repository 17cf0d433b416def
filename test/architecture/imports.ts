import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

export const ROOT: string = fileURLToPath(new URL('../../', import.meta.url));

/** One static or dynamic import in the source. */
export interface Arrow {
  /** The importing file, relative to the checkout. */
  readonly from: string;
  /** A file of the checkout, or the name of a package or of a built-in module. */
  readonly to: string;
  readonly dynamic: boolean;
  /** True if only types are imported, so no module is loaded. */
  readonly typeOnly: boolean;
}

/** Returns every TypeScript file below `src`, relative to the checkout. */
export function sources(): string[] {
  return readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('src', file))
    .sort();
}

/**
 * Returns the imports and re-exports of one file. Throws for a dynamic import whose argument is not a
 * literal.
 */
export function arrowsOf(file: string, code: string = readFileSync(join(ROOT, file), 'utf8')): Arrow[] {
  const { module, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const target = (specifier: string) =>
    specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : packageOf(specifier);
  const arrows: Arrow[] = module.staticImports.map((each) => ({
    from: file,
    to: target(each.moduleRequest.value),
    dynamic: false,
    typeOnly: each.entries.length > 0 && each.entries.every((entry) => entry.isType),
  }));
  for (const each of module.staticExports.flatMap((statement) => statement.entries)) {
    if (each.moduleRequest === null) continue;
    arrows.push({ from: file, to: target(each.moduleRequest.value), dynamic: false, typeOnly: each.isType });
  }
  for (const each of module.dynamicImports) {
    const literal = /^['"]([^'"]+)['"]$/.exec(
      code.slice(each.moduleRequest.start, each.moduleRequest.end),
    )?.[1];
    if (literal === undefined) throw new Error(`${file} imports something that is no literal`);
    arrows.push({ from: file, to: target(literal), dynamic: true, typeOnly: false });
  }
  return arrows;
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return 'node';
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** The members of a syntax tree node that the rules use. */
export interface Syntax {
  readonly type: string;
  readonly name?: string;
  /** The value of a literal. */
  readonly value?: unknown;
  readonly object?: Syntax;
  readonly property?: Syntax;
  readonly callee?: Syntax;
  readonly arguments?: readonly Syntax[];
}

function isSyntax(value: unknown): value is Syntax {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

/** Calls `visit` with every node of a file, in the order of the source. */
export function walk(file: string, code: string, visit: (node: Syntax) => void): void {
  const enter = (value: unknown): void => {
    if (isSyntax(value)) visit(value);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(enter);
  };
  enter(parseSync(file, code).program);
}

/**
 * Returns the groups of files with circular imports, each group sorted. Type imports and dynamic imports
 * count too. Uses Tarjan's algorithm for strongly connected components.
 */
export function circlesOf(arrows: readonly Arrow[]): string[][] {
  const targets = new Map<string, string[]>();
  for (const { from, to } of arrows) targets.set(from, [...(targets.get(from) ?? []), to]);
  const order = new Map<string, number>();
  const path: string[] = [];
  const circles: string[][] = [];
  const visit = (file: string): number => {
    const number = order.size;
    order.set(file, number);
    path.push(file);
    let low = number;
    for (const to of targets.get(file) ?? []) {
      if (!order.has(to)) low = Math.min(low, visit(to));
      else if (path.includes(to)) low = Math.min(low, order.get(to) ?? low);
    }
    if (low === number) {
      const circle = path.splice(path.indexOf(file));
      if (circle.length > 1) circles.push(circle.sort());
    }
    return low;
  };
  for (const file of targets.keys()) if (!order.has(file)) visit(file);
  return circles.sort();
}
