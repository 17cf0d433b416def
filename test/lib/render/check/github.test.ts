import { expect, test } from 'vitest';
import { Redactor } from '../../../../src/lib/core/redactor.ts';
import { githubAnnotations } from '../../../../src/lib/render/check/github.ts';
import { fileText } from '../../../../src/lib/render/output.ts';
import { HEALTHY, HOSTILE_TEXTS, hostileReport, TWO_TARGETS, WRONG_AUDIENCE } from './reports.ts';

test('one annotation for each failure and warning, with the evidence on lines of its own', async () => {
  expect(githubAnnotations(HEALTHY)).toEqual([]);
  for (const [name, report] of [
    ['wrong-audience', WRONG_AUDIENCE],
    ['two-targets', TWO_TARGETS],
  ] as const) {
    await expect(fileText(githubAnnotations(report), new Redactor())).toMatchFileSnapshot(
      `golden/github-${name}.golden`,
    );
  }
});

test.each(HOSTILE_TEXTS)('a text from outside adds no command and ends none: %j', (text) => {
  const lines = fileText(githubAnnotations(hostileReport(text)), new Redactor()).split('\n');
  expect(lines.map((line) => /^::[a-z]+ title=[^,:]*::/.exec(line)?.[0].slice(0, 8))).toEqual([
    '::error ',
    '::warnin',
    undefined,
  ]);
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|##\[/u);
});
