import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { checkHtml } from '../../../../src/lib/render/check/html.ts';
import { HOSTILE_TEXTS, hostileReport, REPORTS, WRONG_AUDIENCE } from './reports.ts';

test.each(REPORTS)('%s', async (name, report) => {
  await expect(checkHtml(report)).toMatchFileSnapshot(`golden/html-${name}.golden`);
});

/** The tags of a page in order, with their attributes but without the values of these. */
function skeleton(page: string): string[] {
  const tags = page.replace(/<style>[\s\S]*?<\/style>/, '').match(/<[^>]*>/g) ?? [];
  return tags.map((tag) => tag.replace(/="[^"]*"/g, ''));
}

test.each(HOSTILE_TEXTS)('a text from outside adds no tag and no attribute: %j', (text) => {
  const page = checkHtml(hostileReport(text));
  const plain = skeleton(checkHtml(hostileReport('plain')));
  // Notes on a difference, and marks, depend on the values; nothing else does.
  const steady = (tags: readonly string[]) => tags.filter((tag) => !/mark|<\/?t[dr]/.test(tag));
  expect(steady(skeleton(page))).toEqual(steady(plain));
  const known = new Set(plain);
  expect(skeleton(page).filter((tag) => !known.has(tag) && !/mark/.test(tag))).toEqual([]);
  expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
});

test('it loads nothing, runs nothing, and no style but its own sheet applies', () => {
  const page = checkHtml(WRONG_AUDIENCE);
  const sheet = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(sheet).digest('base64');
  expect(page).toContain(
    `content="default-src &#39;none&#39;; style-src &#39;sha256-${hash}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;"`,
  );
  expect(page).not.toMatch(/<script|<link|<img|<iframe|<object|\son\w+=|\sstyle=|\ssrc=|href="(?!#)/);
  expect(sheet).not.toMatch(/@import|url\(|expression/);
});

test('a person who sees no colors, or sees nothing, is told the same', () => {
  const page = checkHtml(WRONG_AUDIENCE);
  expect(page).toContain('<html lang="en">');
  expect(page).toContain(
    'aria-label="The chain: principal passed, STS passed, token passed, issuer passed, identity provider failed, ' +
      'database user skipped, cluster passed; the first failure is atlas.identity-provider"',
  );
  expect(page.match(/<details class="check \w+" open>/g)).toEqual(['<details class="check fail" open>']);
  expect(page).toContain('✗ failed</span> <code>atlas.identity-provider</code>');
  expect(page).toContain('https://orders.example/atlas<mark>/</mark>');
  expect(page).toContain('https://orders.example/atlas<mark class="gap"></mark>');
});
