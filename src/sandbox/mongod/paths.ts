import { isDocument } from './fields.ts';

/** The value at a dotted path without arrays in between, or undefined. */
export function valueAt(document: unknown, path: string): unknown {
  let value = document;
  for (const step of path.split('.')) value = child(value, step);
  return value;
}

/** Replaces a value that is already there. */
export function replaceAt(document: unknown, path: string, replacement: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  const parent = steps.length === 0 ? document : valueAt(document, steps.join('.'));
  if (child(parent, last) === undefined) return;
  if (Array.isArray(parent)) parent[Number(last)] = replacement;
  else if (isDocument(parent)) parent[last] = replacement;
}

/** Every value that MongoDB finds at a dotted path: arrays are looked into, and their elements count one by one. */
export function valuesAt(document: unknown, path: string): unknown[] {
  const [step = '', ...rest] = path.split('.');
  if (Array.isArray(document) && !/^\d+$/.test(step)) {
    return document.filter(isDocument).flatMap((element) => valuesAt(element, path));
  }
  const value = child(document, step);
  if (value === undefined) return [];
  if (rest.length > 0) return valuesAt(value, rest.join('.'));
  return Array.isArray(value) ? value : [value];
}

function child(value: unknown, step: string): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isDocument(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
