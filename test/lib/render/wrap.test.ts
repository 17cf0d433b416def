import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/lib/core/redactor.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import { inAscii, isAscii } from '../../../src/lib/render/locale.ts';
import { createOutput } from '../../../src/lib/render/output.ts';
import { createTheme } from '../../../src/lib/render/theme.ts';
import { loadWrap } from '../../../src/lib/render/wrap.ts';
import { MemoryOutput } from '../../support/memory-context.ts';

const wrap = await loadWrap();

describe('a text is wrapped by words', () => {
  test.each([
    [
      'below its beginning',
      '  cause: ',
      'one two three four five',
      ['  cause: one two', '         three four', '         five'],
    ],
    ['not where it fits', 'a: ', 'one two', ['a: one two']],
    [
      'with a long word moved to the left',
      '      key: ',
      'see https://abc.example now',
      ['      key: see', ' https://abc.example', ' now'],
    ],
    [
      'with a word that fits nowhere left whole',
      '  ',
      'a https://abcdefghij.example/ b',
      ['a', 'https://abcdefghij.example/', 'b'],
    ],
    [
      'with the first word on a line of its own if need be',
      'error: ',
      'arn:aws:iam::1:role/a',
      ['error:', 'arn:aws:iam::1:role/a'],
    ],
  ])('%s', (_how, before, text, lines) => {
    expect(wrap(before, text, 20)).toEqual(lines);
  });
});

async function written(text: string, stream: MemoryOutput, secrets: readonly string[] = []): Promise<string> {
  const redactor = new Redactor();
  redactor.learn(...secrets.map((secret) => new Secret(secret)));
  const theme = createTheme(false, stream.isTTY);
  const output = await createOutput(stream, { env: {}, redactor });
  output.write([`cause: ${theme.prose(text)}`]);
  return stream.text;
}

describe('an Output', () => {
  test('wraps on a terminal and nowhere else', async () => {
    const text = 'The certificate of the server has expired.';
    expect(await written(text, new MemoryOutput({ isTTY: true, columns: 30 }))).toBe(
      'cause: The certificate of the\n       server has expired.\n',
    );
    expect(await written(text, new MemoryOutput({ columns: 30 }))).toBe(`cause: ${text}\n`);
    expect(await written(text, new MemoryOutput({ isTTY: true, columns: 0 }))).toBe(`cause: ${text}\n`);
  });

  test('removes a secret that the end of a line would cut in two', async () => {
    const secret = 'correct horse battery staple';
    const shown = await written(`The password is ${secret}`, new MemoryOutput({ isTTY: true, columns: 32 }), [
      secret,
    ]);
    expect(shown).not.toMatch(/correct|horse|battery|staple/);
  });

  test('escapes before it wraps: text from outside begins no line', async () => {
    const shown = await written('one\ntwo \u001b[31m three', new MemoryOutput({ isTTY: true, columns: 80 }));
    expect(shown).toBe('cause: one\\u{a}two \\u{1b}[31m three\n');
  });

  test('leaves a line without prose as it is, however long', async () => {
    const stream = new MemoryOutput({ isTTY: true, columns: 20 });
    const command = `fedctl check --uri ${'x'.repeat(30)} --audience a`;
    const output = await createOutput(stream, { env: {}, redactor: new Redactor() });
    output.write([command]);
    expect(stream.text).toBe(`${command}\n`);
  });
});

describe('a locale', () => {
  test.each([
    [{}, false],
    [{ LANG: 'en_US.UTF-8' }, false],
    [{ LANG: 'C.utf8' }, false],
    [{ LANG: 'C' }, true],
    [{ LANG: 'de_DE.ISO-8859-1' }, true],
    [{ LANG: 'en_US.UTF-8', LC_CTYPE: 'POSIX' }, true],
    [{ LC_ALL: 'C', LANG: 'en_US.UTF-8' }, true],
    [{ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, false],
  ])('%j shows ASCII only: %s', (env, ascii) => {
    expect(isAscii(env)).toBe(ascii);
  });

  test('replaces each symbol by one of ASCII', () => {
    expect(inAscii('✓ ─────▶ ✗ ╭╮╰╯├│┆╌╳◀')).toBe('+ -----> x +++++|:.x<');
  });
});
