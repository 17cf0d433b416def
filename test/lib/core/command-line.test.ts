import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWord } from '../../../src/lib/core/command-line.ts';

test('leaves alone what a shell takes for one word as it is', () => {
  for (const word of ['my-atlas', 'arn:aws:iam::1:role/a/b+c=d,@e', 'https://x.example/a?b'.slice(0, 19)]) {
    expect(shellWord(word)).toBe(word);
  }
});

test.each([
  'a b',
  '$(id)',
  '`id`',
  '; rm -rf ~',
  "it's",
  '$external',
  '',
  '*',
  '~',
  '#x',
  '\\',
  '"',
  'a?b&c',
  '-',
])('a shell gives back %j', (text) => {
  const said = execFileSync('sh', ['-c', `printf %s ${shellWord(text)}`], { encoding: 'utf8' });
  expect(said).toBe(text);
});

test('what a terminal would act on stands in quotes as it is: the output layer escapes it', () => {
  expect(shellWord('a\nid\u001b[2J')).toBe("'a\nid\u001b[2J'");
});
