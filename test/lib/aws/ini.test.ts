import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { overlaid, readIni, withoutComment } from '../../../src/lib/aws/ini.ts';

/** The sections of a file as a plain object. */
function read(text: string) {
  return Object.fromEntries(readIni(text).sections);
}

const WRITTEN = new URL('written/', import.meta.url);
const written = (name: string) => readFileSync(new URL(name, WRITTEN), 'utf8');

interface OddFile {
  readonly text: string;
  readonly sections: Readonly<Record<string, object>>;
}

describe('botocore reads the same', () => {
  // Made at random, and read by botocore 1.43; settings below another are written as `s3.addressing_style`.
  const odd: readonly OddFile[] = JSON.parse(written('odd-files.json'));
  test.each(odd.map(({ text, sections }) => [text, sections] as const))('%j', (text, sections) => {
    expect(read(text)).toEqual(sections);
  });
});

describe('lines', () => {
  test.each<[string, string, Record<string, string>]>([
    [
      'a setting without a value ends nothing',
      '    cli_pager =\n    region = x',
      { cli_pager: '', region: 'x' },
    ],
    [
      'what is indented deeper stands below',
      '  s3 =\n    addressing_style = path\n  region = x',
      { s3: '', 's3.addressing_style': 'path', region: 'x' },
    ],
    [
      'a blank line and a comment end nothing below',
      's3 =\n\n  a = 1\n# c\n  b = 2\nc = 3',
      { s3: '', 's3.a': '1', 's3.b': '2', c: '3' },
    ],
    ['tabs indent', 's3 =\n\ta = 1\nb = 2', { s3: '', 's3.a': '1', b: '2' }],
    ['names have no case', 'AWS_ACCESS_KEY_ID = A\nRegion = x', { aws_access_key_id: 'A', region: 'x' }],
    ['below another neither', 'STS =\n  Endpoint_URL = u', { sts: '', 'sts.endpoint_url': 'u' }],
    ['a colon', 'region: x\nendpoint_url: http://h:1', { region: 'x', endpoint_url: 'http://h:1' }],
    ['only the first separator counts', 'a = b = c\nd = e: f', { a: 'b = c', d: 'e: f' }],
    [
      'a comment behind a value',
      'region = x # Ireland\noutput = json ; as ever',
      { region: 'x', output: 'json' },
    ],
    ['a comment instead of a value', 's3 = # below\n  a = 1', { s3: '', 's3.a': '1' }],
    [
      'no comment without white space',
      'sso_start_url = https://x/start#/',
      { sso_start_url: 'https://x/start#/' },
    ],
    [
      'a command line is taken whole',
      `credential_process = sh -c 'true ; cat "a # b"' # c`,
      { credential_process: `sh -c 'true ; cat "a # b"' # c` },
    ],
    [
      'and goes on where a line is indented deeper',
      'credential_process = prog\n  --a=b # c\n  d\nregion = x',
      { credential_process: 'prog\n--a=b # c\nd', region: 'x' },
    ],
    [
      'also from the next line on',
      'credential_process =\n  prog --a=b',
      { credential_process: 'prog --a=b' },
    ],
    ['so are paths', 'ca_bundle = /my #1/ca.pem', { ca_bundle: '/my #1/ca.pem' }],
    [
      'a setting that is indented against the rules is one all the same',
      'aws_access_key_id = A\n  aws_secret_access_key = s\n  s3 =\n    a = 1\n  region = x',
      { aws_access_key_id: 'A', aws_secret_access_key: 's', s3: '', 's3.a': '1', region: 'x' },
    ],
    ['a setting that stands twice', 'region = x\nregion = y', { region: 'y' }],
    ['carriage returns', 'region = x\r\noutput = y\r\n', { region: 'x', output: 'y' }],
    ['nothing but carriage returns', 'region = x\routput = y', { region: 'x', output: 'y' }],
    ['names that objects have', '__proto__ = a\nconstructor = b', { ['__proto__']: 'a', constructor: 'b' }],
  ])('%s', (_, lines, settings) => {
    expect(readIni(`[default]\n${lines}\n`)).toEqual({
      sections: new Map([['default', settings]]),
      unknownLines: [],
    });
  });
});

describe('sections', () => {
  test.each<[string, string]>([
    ['[profile foo]# production', 'profile foo'],
    ['[profile foo] ; see [bar]', 'profile foo'],
    ['  [profile foo]  ', 'profile foo'],
    ['[profile a]b]', 'profile a]b'],
    ['[profile foo] anything', 'profile foo'],
    ['\uFEFF[default]', 'default'],
    ['[__proto__]', '__proto__'],
  ])('%s', (line, header) => {
    expect([...readIni(`${line}\na = 1\n`).sections]).toEqual([[header, { a: '1' }]]);
  });

  test('[DEFAULT] holds for every section', () => {
    expect(read('[a]\nx = 1\n[DEFAULT]\nx = 0\nregion = r\n[b]\n')).toEqual({
      a: { x: '1', region: 'r' },
      b: { x: '0', region: 'r' },
    });
  });

  test('one that stands twice is one, where the last wins', () => {
    expect(read('[a]\nx = 1\ny = 2\n[b]\n[a]\ny = 3\n')).toEqual({ a: { x: '1', y: '3' }, b: {} });
  });

  test('but id, secret and token of it come from one place', () => {
    const stale =
      '[a]\naws_access_key_id = OLD\naws_secret_access_key = o\naws_session_token = stale\nregion = r\n';
    const fresh = '[a]\naws_access_key_id = NEW\naws_secret_access_key = n\n';
    expect(read(stale + fresh)).toEqual({
      a: { aws_access_key_id: 'NEW', aws_secret_access_key: 'n', region: 'r' },
    });
    expect(read(`${stale}[a]\naws_access_key_id = NEW\n`)).toEqual({
      a: { aws_access_key_id: 'NEW', region: 'r' },
    });
  });
});

test.each<[string, number[]]>([
  ['junk\n[a]\nx = 1\nno delimiter\n= y\n', [1, 4, 5]],
  ['{"profiles": []}', [1]],
  ['[a]\ns3 =\n  junk\n  b = 1\n', [3]],
  ['<<<<<<< HEAD\n[a]\nx = 1\n=======\ny = 2\n>>>>>>> main\n', [1, 4, 6]],
  ['[a]\nx = 1\n  goes on\n', []],
])('the lines of %j that are not understood', (text, lines) => {
  expect(readIni(text).unknownLines).toEqual(lines);
});

describe('whatever a file holds', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 40 });
  const lines = fc.array(
    fc.oneof(
      text,
      fc.constantFrom('[a]', '[profile b]', 'x = 1', '  y = 2', 's3 =', '# c', '', '\t', '[', ']', '='),
    ),
  );

  test('it is read', () => {
    fc.assert(
      fc.property(lines, fc.constantFrom('\n', '\r\n', '\r'), (all, end) => {
        const { sections, unknownLines } = readIni(all.join(end));
        for (const section of sections.values()) {
          for (const name of Object.keys(section)) expect(name).toBe(name.toLowerCase());
        }
        expect(unknownLines.every((line) => line >= 1)).toBe(true);
      }),
    );
  });

  const name = fc.stringMatching(/^[a-z][a-z_]{0,12}$/);
  const value = fc.stringMatching(/^[\w/+:.-]([\w/+:. =-]{0,20}[\w/+:.=-])?$/);
  const section = fc.dictionary(name, fc.oneof(value, fc.dictionary(name, value, { minKeys: 1 })), {
    minKeys: 1,
  });
  const file = fc.dictionary(fc.stringMatching(/^[\w@ .,&=()]{1,12}$/), section);
  const style = fc.record({
    equals: fc.constantFrom(' = ', '=', ': ', ' : '),
    indent: fc.constantFrom('', '  ', '\t'),
    end: fc.constantFrom('\n', '\r\n'),
    between: fc.constantFrom([], [''], ['# x = y'], ['  ; [z]', '']),
    upper: fc.boolean(),
    behind: fc.constantFrom('', ' # c', ' ; c'),
  });

  test('what was written is what is read, in every style', () => {
    fc.assert(
      fc.property(file, style, (sections, { equals, indent, end, between, upper, behind }) => {
        fc.pre(!Object.hasOwn(sections, 'DEFAULT'));
        const spelled = (key: string) => (upper ? key.toUpperCase() : key);
        const written = Object.entries(sections).flatMap(([header, settings]) => [
          `[${header}]${behind}`,
          ...Object.entries(settings).flatMap(([key, inner]) =>
            typeof inner === 'string'
              ? [...between, `${indent}${spelled(key)}${equals}${inner}${behind}`]
              : [
                  `${indent}${spelled(key)} =`,
                  ...Object.entries(inner).map(([below, each]) => `${indent}    ${below} = ${each}`),
                ],
          ),
        ]);
        const expected = Object.entries(sections).map(([header, settings]) => [
          header,
          Object.fromEntries(
            Object.entries(settings).flatMap(([key, inner]) =>
              typeof inner === 'string'
                ? [[key, inner]]
                : [[key, ''], ...Object.entries(inner).map(([below, each]) => [`${key}.${below}`, each])],
            ),
          ),
        ]);
        expect(readIni(written.join(end))).toEqual({ sections: new Map(expected as []), unknownLines: [] });
      }),
    );
  });
});

test('a comment ends a value', () => {
  expect(['a # b', 'a #', '# a', 'a#b', 'a\t; b', ''].map(withoutComment)).toEqual([
    'a',
    'a',
    '',
    'a#b',
    'a',
    '',
  ]);
});

test('keys of two sections are never mixed', () => {
  const first = { aws_access_key_id: 'A', aws_secret_access_key: 'a', aws_session_token: 't', region: 'r' };
  expect(overlaid(first, { output: 'json' })).toEqual({ ...first, output: 'json' });
  expect(overlaid(first, { aws_secret_access_key: 'b' })).toEqual({
    aws_secret_access_key: 'b',
    region: 'r',
  });
  expect(overlaid(undefined, { region: 'x' })).toEqual({ region: 'x' });
});
