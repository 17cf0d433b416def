import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { validateMintRequest } from '../../../src/lib/auth/mint-request.ts';
import { FedctlError } from '../../../src/lib/core/errors.ts';
import type { MintRequest, SigningAlgorithm, Tag } from '../../../src/lib/core/token.ts';

const GOOD: MintRequest = {
  audience: ['https://my.api'],
  signingAlgorithm: 'RS256',
  durationSeconds: 300,
  tags: [],
};

function refusal(changes: Partial<MintRequest>): readonly [code: string, message: string] | null {
  try {
    validateMintRequest({ ...GOOD, ...changes });
    return null;
  } catch (error) {
    if (!(error instanceof FedctlError)) throw error;
    return [error.code, error.message];
  }
}

const invalid = (message: string) => ['usage.invalid-value', message];
const tag = (key: string, value = 'v'): Tag => ({ key, value });
const tags = (count: number, value = 'v'): Tag[] =>
  Array.from({ length: count }, (_, i) => tag(`k${i}`, value));

describe('what AWS takes is let through', () => {
  test.each<[string, Partial<MintRequest>]>([
    ['ten audiences', { audience: Array.from({ length: 10 }, () => 'same') }],
    ['an audience of 1000 characters', { audience: ['a'.repeat(1000)] }],
    ['an audience of 1000 characters that are two UTF-16 units each', { audience: ['😀'.repeat(1000)] }],
    ['an audience that is a space', { audience: [' '] }],
    ['ES384', { signingAlgorithm: 'ES384' }],
    ['60 s', { durationSeconds: 60 }],
    ['3600 s', { durationSeconds: 3600 }],
    ['50 tags', { tags: tags(50) }],
    ['a key of 128 and a value of 256 characters', { tags: [tag('k'.repeat(128), 'v'.repeat(256))] }],
    ['an empty value', { tags: [tag('k', '')] }],
    ['every character of the charset', { tags: [tag('aws:ü 日本٣_.:/=+-@', 'Ünï 7_.:/=+-@')] }],
    ['a key that JavaScript has a meaning for', { tags: [tag('__proto__')] }],
  ])('%s', (_what, changes) => {
    expect(refusal(changes)).toBeNull();
  });
});

describe('what AWS refuses is refused before the call, by position', () => {
  test.each<[string, Partial<MintRequest>, readonly string[]]>([
    [
      'no audience',
      { audience: [] },
      ['usage.missing-audience', 'No audience was given. Every token requires an audience.'],
    ],
    [
      '11 audiences',
      { audience: Array.from({ length: 11 }, (_, i) => `a${i}`) },
      invalid('A token has at most 10 audiences, but 11 are given.'),
    ],
    ['an empty audience', { audience: ['a', ''] }, invalid('Audience 2 is empty.')],
    [
      'an audience of 1001 characters',
      { audience: ['a', 'b', 'a'.repeat(1001)] },
      invalid('Audience 3 has 1001 characters; AWS accepts at most 1000.'),
    ],
    [
      'an algorithm in small letters',
      { signingAlgorithm: 'rs256' as SigningAlgorithm },
      invalid('Invalid signing algorithm: expected RS256 or ES384, in capitals.'),
    ],
    ...[59, 3601, 60.5, Number.NaN].map((seconds): [string, Partial<MintRequest>, readonly string[]] => [
      `${seconds} s`,
      { durationSeconds: seconds },
      invalid(`Invalid duration ${seconds} s: expected 60 to 3600 whole seconds (1 min to 1 h).`),
    ]),
    ['51 tags', { tags: tags(51) }, invalid('AWS accepts at most 50 tags, but 51 are given.')],
    ['an empty key', { tags: [tag('a'), tag('')] }, invalid('The key of tag 2 is empty.')],
    [
      'a key of 129 characters',
      { tags: [tag('k'.repeat(129))] },
      invalid('The key of tag 1 has 129 characters; AWS accepts at most 128.'),
    ],
    [
      'a value of 257 characters',
      { tags: [tag('k', 'v'.repeat(257))] },
      invalid('The value of tag 1 has 257 characters; AWS accepts at most 256.'),
    ],
    [
      'a key with a comma',
      { tags: [tag('a,b')] },
      invalid(
        'The key of tag 1 has a character that AWS does not accept. Letters, digits, spaces and _.:/=+-@ are allowed.',
      ),
    ],
    [
      'a value with a newline at its end',
      { tags: [tag('a', 'b\n')] },
      invalid(
        'The value of tag 1 has a character that AWS does not accept. Letters, digits, spaces and _.:/=+-@ are allowed.',
      ),
    ],
    [
      'the same key in another case',
      { tags: [tag('Team'), tag('x'), tag('tEAM')] },
      invalid('Tags 1 and 3 have the same key. AWS ignores case in tag keys.'),
    ],
  ])('%s', (_what, changes, expected) => {
    expect(refusal(changes)).toEqual(expected);
  });
});

describe('the claims limit', () => {
  test('claims that cannot fit whatever AWS adds are refused with both numbers', () => {
    const audience = (length: number) => [
      ...Array.from({ length: 9 }, () => 'x'.repeat(1000)),
      'x'.repeat(length),
    ];
    const values = tags(20, 'v'.repeat(256));
    const message = refusal({ tags: values, audience: audience(1000) })?.[1] ?? '';
    const bytes = Number(/at least (\d+) bytes/.exec(message)?.[1]);
    expect(message).toBe(`The claims of this token have at least ${bytes} bytes; AWS signs at most 14984.`);
    // One byte less per character taken away: the last one that might fit, and the first that cannot.
    expect(refusal({ tags: values, audience: audience(1000 - (bytes - 14_984)) })).toBeNull();
    expect(refusal({ tags: values, audience: audience(1000 - (bytes - 14_985)) })?.[0]).toBe(
      'sts.payload-too-large',
    );
  });

  test('bytes count, not characters', () => {
    const audience = Array.from({ length: 10 }, () => 'ü'.repeat(1000));
    expect(refusal({ audience: audience.slice(0, 7) })).toBeNull();
    expect(refusal({ audience })?.[0]).toBe('sts.payload-too-large');
  });
});

test('whatever is refused for its text, the text is not repeated', () => {
  const hostile = fc.string({ minLength: 1, unit: 'binary' }).map((text) => `${text}\u0007secret`);
  fc.assert(
    fc.property(hostile, (text) => {
      expect(refusal({ tags: [tag(text)] })?.[1]).not.toContain('secret');
    }),
    { numRuns: 50 },
  );
});
