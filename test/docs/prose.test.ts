import { readFileSync } from 'node:fs';
import { createLinter, loadTextlintrc } from 'textlint';
import { expect, test } from 'vitest';

test('the README has at most 200 lines', () => {
  const lines = readFileSync('README.md', 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeLessThanOrEqual(200);
});

test.each([
  ['The token is over.', 'is over => expires'],
  ['The connection string is not one.', 'is not one => Name what is expected'],
  ['Read the file that OIDC_TOKEN_FILE names.', 'that OIDC_TOKEN_FILE names => in, or specified by'],
  ['The token has expired.', null],
])('the prose lint on %j', async (text, expected) => {
  const linter = createLinter({ descriptor: await loadTextlintrc() });
  const { messages } = await linter.lintText(`${text}\n`, 'page.md');
  expect(messages.map(({ message }) => message)).toEqual(expected === null ? [] : [expected]);
});
