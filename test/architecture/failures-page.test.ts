import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { areas, CODES, pageOf } from '../../src/lib/explanations/explanations.ts';
import { failuresPage } from '../../src/lib/render/failures-page.ts';
import { ROOT } from './imports.ts';

const PAGE = readFileSync(join(ROOT, 'docs/failures.md'), 'utf8');

describe('docs/failures.md', () => {
  test('says what the data say: if not, npm run docs writes it anew', () => {
    expect(PAGE === failuresPage(areas(), pageOf)).toBe(true);
  });

  test('has an anchor for every code, and every link of it leads to one', () => {
    const anchors = [...PAGE.matchAll(/<a id="([^"]+)"><\/a>/g)].map(([, code]) => code);
    const links = [...PAGE.matchAll(/\]\(#([^)]+)\)/g)].map(([, code]) => code);
    expect(anchors).toHaveLength(CODES.length);
    expect(new Set(anchors)).toEqual(new Set(CODES));
    expect(links.filter((code) => !anchors.includes(code))).toEqual([]);
  });
});
