import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';
import { expect, test } from 'vitest';
import { ROOT, sources } from './imports.ts';

interface Node {
  readonly type?: string;
  readonly [member: string]: unknown;
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

/**
 * Returns all texts that an expression can produce: both branches of a condition, and a template with `…` for
 * each placeholder.
 */
function textsOf(value: unknown): readonly string[] {
  if (!isNode(value)) return [];
  switch (value.type) {
    case 'Literal':
      return typeof value['value'] === 'string' ? [value['value']] : [];
    case 'TemplateLiteral':
      return [
        (value['quasis'] as { value: { cooked: string } }[]).map((part) => part.value.cooked).join('…'),
      ];
    case 'ConditionalExpression':
      return [...textsOf(value['consequent']), ...textsOf(value['alternate'])];
    default:
      return [];
  }
}

/** Returns every text that the source uses as `remedy`. */
function remediesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(remediesIn);
  if (!isNode(value)) return [];
  const name =
    value.type === 'Property' ? value['key'] : value.type === 'VariableDeclarator' ? value['id'] : null;
  const own = isNode(name) && name['name'] === 'remedy' ? textsOf(value['value'] ?? value['init']) : [];
  return [...own, ...Object.values(value).flatMap(remediesIn)];
}

test('a remedy is a sentence, and a command is data beside it', () => {
  const files = sources().filter((file) => !file.endsWith('.generated.ts'));
  const remedies = files.flatMap((file) =>
    remediesIn(parseSync(file, readFileSync(join(ROOT, file), 'utf8')).program).map((remedy) => ({
      file,
      remedy,
    })),
  );
  expect(remedies.length).toBeGreaterThan(100);
  expect(
    remedies.filter(({ remedy }) => !/^(?:[A-Z…]|$)/.test(remedy) || !/(?:[.…]|^)$/.test(remedy)),
  ).toEqual([]);
});
