import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Redactor } from '../../../src/lib/core/redactor.ts';
import { Secret } from '../../../src/lib/core/secret.ts';

const TOKEN = `eyJhbGciOiJSUzI1NiJ9.${'Zq9WxRv7+/kL2mN4'.repeat(3)}.c2ln~bmF0"dXJl`;

function knowing(...values: readonly string[]): Redactor {
  const redactor = new Redactor();
  redactor.learn(...values.map((value) => new Secret(value)));
  return redactor;
}

/** Whether a text contains 16 characters of a secret in a row. */
function tells(text: string, secret: string): boolean {
  return Array.from({ length: secret.length - 15 }, (_, at) => secret.slice(at, at + 16)).some((part) =>
    text.includes(part),
  );
}

describe('a long secret', () => {
  const redactor = knowing(TOKEN);
  const cases: readonly (readonly [string, string, string])[] = [
    ['whole', `bad ${TOKEN}!`, 'bad [secret]!'],
    ['a part', `bad ${TOKEN.slice(8, 24)}!`, 'bad [secret]!'],
    ['too little of it', `bad ${TOKEN.slice(8, 23)}!`, `bad ${TOKEN.slice(8, 23)}!`],
    ['two parts', `${TOKEN.slice(0, 20)} and ${TOKEN.slice(30)}`, '[secret] and [secret]'],
    ['as a URL writes it', `?token=${encodeURIComponent(TOKEN)}&x=1`, '?token=[secret]&x=1'],
    ['in lower-case hex', `?t=${encodeURIComponent(TOKEN).replaceAll('%2F', '%2f')}`, '?t=[secret]'],
    ['as JSON writes it', `{"t":${JSON.stringify(TOKEN)}}`, '{"t":"[secret]"}'],
    [
      'as JSON may write it',
      `{"t":"${JSON.stringify(TOKEN).slice(1, -1).replaceAll('/', '\\/')}"}`,
      '{"t":"[secret]"}',
    ],
    ['as a dump of bytes', `0x${Buffer.from(TOKEN).toString('hex')}`, '0x[secret]'],
    ['the same in capitals', Buffer.from(TOKEN).toString('hex').toUpperCase(), '[secret]'],
    ['something else', 'nothing of the kind', 'nothing of the kind'],
  ];
  test.each(cases)('%s', (_name, text, expected) => {
    expect(redactor.redact(text)).toBe(expected);
  });

  test.each(['', 'a', 'ab', 'abc', 'mdb_sa_id_x:'])('in base64 after "%s"', (before) => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const clean = redactor.redact(`Basic ${Buffer.from(`${before}${TOKEN} and more`).toString(encoding)}`);
      expect(clean.length).toBeLessThan(60);
      expect(clean).toContain('[secret]');
    }
  });

  test.each([
    ['as it is', TOKEN],
    ['in a URL', encodeURIComponent(TOKEN)],
    ['in hex', Buffer.from(TOKEN).toString('hex')],
    ['in base64', Buffer.from(TOKEN).toString('base64url').slice(0, -2)],
  ])('wherever a part of 16 characters begins, %s', (_how, encoded) => {
    for (let at = 0; at + 16 <= encoded.length; at += 1)
      expect(redactor.redact(`a ${encoded.slice(at, at + 16)} b`)).toBe('a [secret] b');
  });

  test('no text contains 16 consecutive characters of the secret', () => {
    const secret = fc.string({
      unit: fc.constantFrom(...'abcAB01+/-_.%"\\ é'),
      minLength: 16,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        secret,
        fc.string(),
        fc.string(),
        fc.nat(40),
        fc.nat(60),
        (raw, before, after, from, to) => {
          const value = raw.trim();
          fc.pre(value.length >= 16);
          const text = `${before}${value.slice(from, from + to)}${after}${value}`;
          expect(tells(knowing(value).redact(text), value)).toBe(false);
          expect(tells(JSON.stringify(knowing(value).redactAll({ [text]: [{ text }] })), value)).toBe(false);
        },
      ),
    );
  });

  test('time is linear in the text', () => {
    const text = TOKEN.slice(0, 15).repeat(70_000);
    const since = performance.now();
    expect(redactor.redact(text)).toBe(text);
    expect(performance.now() - since).toBeLessThan(5000);
  });
});

test('a short secret is removed as a word', () => {
  const redactor = knowing('hunter2', 'a+b/c');
  expect(redactor.redact('hunter2 "hunter2" hunter22 xhunter2 aHVudGVyMg==')).toBe(
    '[secret] "[secret]" hunter22 xhunter2 [secret]==',
  );
  expect(redactor.redact('x=a+b/c y=a%2Bb%2Fc')).toBe('x=[secret] y=[secret]');
});

test.each(['imds-token', 'aa/bb', 'x.y*z', '[key]', 'aa\\dd'])(
  'a short secret with signs in it: %s',
  (secret) => {
    const redactor = new Redactor();
    redactor.learn(new Secret(secret));
    expect(redactor.redact(`is ${secret} here`)).toBe('is [secret] here');
  },
);

test('what is allowed stays where it stands alone, although a secret contains it', () => {
  const redactor = new Redactor();
  redactor.allow('ASIAIOSFODNN7EXAMPLE');
  redactor.learn(new Secret('token-of-ASIAIOSFODNN7EXAMPLE-here'));
  expect(redactor.redact('user/ASIAIOSFODNN7EXAMPLE has token-of-ASIAIOSFODNN7EXAMPLE-here')).toBe(
    'user/ASIAIOSFODNN7EXAMPLE has [secret]',
  );
});

test('one of three characters or fewer is none, and an empty one neither', () => {
  expect(knowing('x', 'abc', '', '   ').redact('x abc')).toBe('x abc');
});

test('a document keeps its shape, its times and the names that are fedctl’s own', () => {
  const at = new Date(0);
  expect(
    knowing(TOKEN, 'region').redactAll({ region: 'the region', at, list: [TOKEN, 1, null], [TOKEN]: true }),
  ).toEqual({ region: 'the [secret]', at, list: ['[secret]', 1, null], '[secret]': true });
});

describe('what is disclosed', () => {
  const other = `eyJhbGciOiJSUzI1NiJ9.${'other'.repeat(8)}`;
  test('stays as a whole, although another secret begins alike, and nothing else stays', () => {
    const redactor = knowing(TOKEN, other);
    expect(redactor.redact(`${TOKEN} ${other} ${TOKEN.slice(0, 30)}`, [new Secret(TOKEN)])).toBe(
      `${TOKEN} [secret] [secret]`,
    );
    expect(redactor.redactAll({ token: TOKEN, other }, [new Secret(TOKEN), new Secret('')])).toEqual({
      token: TOKEN,
      other: '[secret]',
    });
  });
});

test('nothing learned, nothing done', () => {
  const document = { a: 1 };
  expect(new Redactor().redactAll(document)).toBe(document);
  expect(new Redactor().redact(TOKEN)).toBe(TOKEN);
});
