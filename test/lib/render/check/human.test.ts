import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { CheckReport } from '../../../../src/lib/core/check-run.ts';
import { Redactor } from '../../../../src/lib/core/redactor.ts';
import { checkLines, summaryLines, targetHeader } from '../../../../src/lib/render/check/human.ts';
import { escapeLine } from '../../../../src/lib/render/escape.ts';
import { fileText } from '../../../../src/lib/render/output.ts';
import { createTheme, loadColors, type Theme } from '../../../../src/lib/render/theme.ts';
import { check, HOSTILE_TEXTS, hostileReport, REPORTS, WRONG_AUDIENCE } from './reports.ts';

const PLAIN = createTheme(false);
const COLORS = await loadColors();

function page(report: CheckReport, theme: Theme): string {
  const lines = report.targets.flatMap((target) => [
    targetHeader(target, theme),
    ...target.checks.flatMap((check) => checkLines(check, theme)),
    '',
  ]);
  return fileText([...lines, ...summaryLines(report, theme)], new Redactor());
}

test.each(REPORTS)(
  '%s: a line for each check, evidence under trouble, the verdict last',
  async (name, report) => {
    await expect(page(report, PLAIN)).toMatchFileSnapshot(`golden/human-${name}.golden`);
  },
);

test('color changes no character of it', () => {
  const colored = page(WRONG_AUDIENCE, createTheme(COLORS));
  expect(colored).toContain('\u001b[4m\u001b[31m/\u001b[39m\u001b[24m');
  expect(stripVTControlCharacters(colored)).toBe(page(WRONG_AUDIENCE, PLAIN));
});

test.each(HOSTILE_TEXTS)('a text from outside steers no terminal and stays on its line: %j', (text) => {
  const shown = page(hostileReport(text), PLAIN);
  expect(shown.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
  expect(shown).not.toMatch(/^\s*::|##\[/m);
  expect(shown.split('\n')).toHaveLength(page(hostileReport('plain'), PLAIN).split('\n').length);
});

test('nothing is cut or wrapped, however long', () => {
  const long = `https://${'a'.repeat(4000)}.example`;
  expect(
    page(hostileReport(long), PLAIN)
      .split('\n')
      .filter((line) => line.includes(long)).length,
  ).toBeGreaterThan(8);
});

test('what else is known stands under a failure, and what nobody here can compare says with what', () => {
  const refused = check(0, {
    id: 'mongo.oidc.login',
    title: 'the cluster lets us in',
    link: 'cluster',
    status: 'fail',
    detail: 'The token was refused.',
    code: 'mongo.oidc-refused',
    cause: 'The server never says why.',
    remedy: 'compare them',
    notes: ['Ruled out: the signature is good.', 'What remains: nobody\nknows.'],
    comparisons: [
      { what: 'aud', seen: 'my-atlas', expected: [], by: 'the identity provider', matches: true },
      { what: 'kid', seen: null, expected: [], by: '', matches: true },
    ],
  });
  expect(checkLines(refused, createTheme(false)).map(escapeLine)).toEqual([
    '  ✗ mongo.oidc.login            20 ms  the cluster lets us in',
    '      The token was refused.',
    '      Ruled out: the signature is good.',
    '      What remains: nobody\\u{a}knows.',
    '      aud  seen      my-atlas  to compare with the identity provider',
    '      kid  seen      nothing',
    '      cause:  The server never says why.',
    '      remedy: compare them',
    '      more:   fedctl explain mongo.oidc-refused',
  ]);
});
