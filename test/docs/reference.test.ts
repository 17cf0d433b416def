import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reference } from '../../scripts/reference.js';
import { ROOT } from '../architecture/imports.ts';

test('docs/reference.md is current: npm run reference writes it', async () => {
  expect(readFileSync(join(ROOT, 'docs/reference.md'), 'utf8')).toBe(await reference());
});
