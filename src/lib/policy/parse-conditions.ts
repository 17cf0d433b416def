import { isRecord } from '../core/record.ts';
import type { Condition, PolicyDocument } from './document.ts';
import type { Faults, PolicyFault } from './faults.ts';
import { COMPARISONS, type Comparison, type Operator, parseOperator } from './operators.ts';
import { variableFault } from './variables.ts';

type Path = PolicyFault['path'];

/**
 * Parses a Condition element: operators with their condition keys and values. Returns an empty list if the
 * statement has no Condition element.
 */
export function parseConditions(
  value: unknown,
  path: Path,
  version: PolicyDocument['version'],
  faults: Faults,
): readonly Condition[] {
  if (value === undefined) return [];
  if (!isRecord(value)) {
    faults.add(path, 'Condition must be an object with operators as members');
    return [];
  }
  return Object.entries(value).flatMap(([name, keys]) => {
    const at = [...path, name];
    const operator = parseOperator(name);
    if (operator === null) {
      faults.add(at, `unknown condition operator ${name}`);
      return [];
    }
    if (!isRecord(keys)) {
      faults.add(at, `${name} must be an object with condition keys as members`);
      return [];
    }
    return Object.entries(keys).map(([key, values]) => {
      const keyPath = [...at, key];
      if (!/^[^:]+:./s.test(key)) faults.add(keyPath, `"${key}" is not a condition key`);
      return { operator, key, values: parseValues(values, keyPath, operator, version, faults) };
    });
  });
}

/** Parses the values of a condition key. JSON numbers and booleans become strings. */
function parseValues(
  value: unknown,
  path: Path,
  operator: Operator,
  version: PolicyDocument['version'],
  faults: Faults,
): readonly string[] {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  return all.map((one, index) => {
    const at = Array.isArray(value) ? [...path, index] : path;
    if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') {
      faults.add(at, 'a condition value must be a string, a number or a boolean');
      return '';
    }
    const fault = valueFault(String(one), operator, version);
    if (fault !== null) faults.add(at, fault);
    return String(one);
  });
}

function valueFault(
  value: string,
  { comparison: name }: Operator,
  version: PolicyDocument['version'],
): string | null {
  if (name === 'Null') return COMPARISONS.Bool.fault(value);
  const comparison: Comparison = COMPARISONS[name];
  const variable = comparison.variables && version === '2012-10-17' ? variableFault(value) : null;
  return variable ?? comparison.fault(value);
}
