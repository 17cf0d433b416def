import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { LINKS } from '../../../../src/lib/core/check-run.ts';
import { chainLines } from '../../../../src/lib/render/check/chain.ts';
import { escapeLine } from '../../../../src/lib/render/escape.ts';
import { createTheme, loadColors } from '../../../../src/lib/render/theme.ts';
import { check, REPORTS, target, WRONG_AUDIENCE } from './reports.ts';

const PLAIN = createTheme(false);
const COLORS = await loadColors();
const WIDE = { columns: 80, theme: PLAIN };
const NARROW = { columns: 79, theme: PLAIN };

/** The chain with one failure in `link`, everything before it well, everything after it skipped. */
function brokenAt(link: (typeof LINKS)[number], id: string) {
  const at = LINKS.indexOf(link);
  return target(
    LINKS.map((each, index) => ({
      ...check(0, { id: index === at ? id : `ok.${each}`, title: 'x', link: each }),
      status: index < at ? ('pass' as const) : index === at ? ('fail' as const) : ('skip' as const),
    })),
  );
}

test.each(REPORTS)('%s', async (name, report) => {
  const pages = report.targets.flatMap((each) => [chainLines(each, WIDE), chainLines(each, NARROW)]);
  const page = pages.map((lines) => `${lines.join('\n')}\n`).join('\n');
  await expect(page).toMatchFileSnapshot(`golden/chain-${name}.golden`);
});

test('wherever it breaks, the link is marked and named, in 80 columns', async () => {
  const pages = LINKS.map((link) => chainLines(brokenAt(link, 'mongo.oidc.login'), WIDE));
  for (const line of pages.flat()) expect(line.length).toBeLessThanOrEqual(80);
  await expect(`${pages.map((lines) => lines.join('\n')).join('\n\n')}\n`).toMatchFileSnapshot(
    'golden/chain-broken.golden',
  );
});

test('from top to bottom it is narrow enough for a phone', () => {
  for (const link of LINKS) {
    for (const line of chainLines(brokenAt(link, 'sts.mint'), NARROW)) {
      expect(line.length).toBeLessThanOrEqual(34);
    }
  }
});

test('color changes no character of it, and nothing checked is a chain too', () => {
  const [broken = target([])] = WRONG_AUDIENCE.targets;
  const colored = chainLines(broken, { columns: 120, theme: createTheme(COLORS) }).map(escapeLine);
  expect(colored.join('')).toContain('\u001b[31m✗ identity provider\u001b[39m');
  expect(colored.map(stripVTControlCharacters)).toEqual(chainLines(broken, WIDE));
  expect(chainLines(target([]), WIDE)[0]).toBe(
    '  - principal ╌╌╌╌╌▶ - STS ╌╌╌╌╌▶ - token ╌╌╌╌╌▶ - issuer ╌╮',
  );
});

test('an id is not trusted either', () => {
  const lines = chainLines(brokenAt('sts', 'a\u001b[31m\nb'), WIDE).map(escapeLine);
  expect(lines[0]).toBe('                     ╭─ a\\u{1b}[31m\\u{a}b');
});
