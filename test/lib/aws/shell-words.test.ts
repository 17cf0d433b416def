import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellWords } from '../../../src/lib/aws/shell-words.ts';
import { shellWord } from '../../../src/lib/core/command-line.ts';

/** As Python's `shlex.split` splits them. */
test.each<[string, readonly string[] | null]>([
  ['', []],
  ['  a \t b\r\nc ', ['a', 'b', 'c']],
  [`sh -c 'true ; cat j'`, ['sh', '-c', 'true ; cat j']],
  ['sh -c "cat j # keys"', ['sh', '-c', 'cat j # keys']],
  ['cat j Admin(eu) $HOME ~ *.x | & # c', ['cat', 'j', 'Admin(eu)', '$HOME', '~', '*.x', '|', '&', '#', 'c']],
  [`a"b c"'d e'f`, ['ab cd ef']],
  [`'' ""`, ['', '']],
  ['a\\ b \\"c\\" \\n', ['a b', '"c"', 'n']],
  [`'a\\b'`, ['a\\b']],
  ['"a\\"b\\\\c\\d\\$e"', ['a"b\\c\\d\\$e']],
  ['"open', null],
  [`it's`, null],
  ['a\\', null],
  ['"a\\', null],
  ['"a\\"', null],
])('%j', (text, words) => {
  expect(shellWords(text)).toEqual(words);
});

test('a word that was quoted for a shell is one word', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (words) => {
      expect(shellWords(words.map(shellWord).join(' '))).toEqual(words);
    }),
  );
});
