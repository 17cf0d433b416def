import { expect, test } from 'vitest';
import { githubAnnotations, githubSummary } from '../../../../src/lib/render/check/github.ts';
import { checkMarkdown } from '../../../../src/lib/render/check/markdown.ts';
import { withoutCommands, workflowCommand } from '../../../../src/lib/render/check/workflow-command.ts';
import { HEALTHY, HOSTILE_TEXTS, hostileReport, REPORTS, TWO_TARGETS, WRONG_AUDIENCE } from './reports.ts';

test('one annotation for each failure and warning, with the evidence on lines of its own', async () => {
  expect(githubAnnotations(HEALTHY)).toBe('');
  await expect(githubAnnotations(WRONG_AUDIENCE)).toMatchFileSnapshot('golden/github-wrong-audience.golden');
  await expect(githubAnnotations(TWO_TARGETS)).toMatchFileSnapshot('golden/github-two-targets.golden');
});

test.each(REPORTS)('%s: the summary is the Markdown face', (_name, report) => {
  expect(githubSummary(report)).toBe(checkMarkdown(report));
});

test('what separates the parts of a command is escaped in them', () => {
  expect(workflowCommand('error', { title: 'a:b,c%\r\n::', file: 'x' }, '100%\r\n::warning::b')).toBe(
    '::error title=a%3Ab%2Cc%25%0D%0A%3A%3A,file=x::100%25%0D%0A::warning::b',
  );
  expect(workflowCommand('notice', {}, 'hello')).toBe('::notice::hello');
});

test('a line that is no command stays none', () => {
  expect(['::a', '  \t::a', 'x ##[a]', 'arn:aws:iam::1', '##'].map(withoutCommands)).toEqual([
    '\\u{3a}:a',
    '  \t\\u{3a}:a',
    'x #\\u{23}[a]',
    'arn:aws:iam::1',
    '##',
  ]);
});

test.each(HOSTILE_TEXTS)('a text from outside adds no command and ends none: %j', (text) => {
  const lines = githubAnnotations(hostileReport(text)).split('\n');
  expect(lines.map((line) => /^::[a-z]+ title=[^,:]*::/.exec(line)?.[0].slice(0, 8))).toEqual([
    '::error ',
    '::warnin',
    undefined,
  ]);
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
});
