import { describe, expect, test } from 'vitest';
import { decodeJwt } from '../../../src/lib/jwt/decode.ts';
import { tokenIn } from '../../../src/lib/jwt/token-text.ts';
import { awsPayload, part, raw } from '../../support/forge.ts';

const TOKEN = raw({ alg: 'RS256', kid: 'RSA_0', typ: 'JWT' }, awsPayload({}), 'A'.repeat(342));
const OTHER = raw({ alg: 'ES384', typ: 'JWT' }, awsPayload({ aud: 'other' }), 'A'.repeat(128));
const JWE = `${part({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.AAAA.AAAA.AAAA.AAAA`;

/** As programs that take every file for UTF-8 read it. */
function misread(bytes: Buffer): string {
  return bytes.toString('utf8');
}

const folded = (width: number) => TOKEN.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? '';

describe('one token is taken out of', () => {
  test.each<[string, string]>([
    ['nothing', TOKEN],
    ['line ends', `\r\n${TOKEN}\r\n`],
    [
      'the JSON of the AWS CLI',
      JSON.stringify({ WebIdentityToken: TOKEN, Expiration: '2026-11-27T10:00:00Z' }),
    ],
    [
      'JSON over several lines',
      JSON.stringify({ schema: 'fedctl.token/v1', token: TOKEN, issuer: 'https://a.b.example.com' }, null, 2),
    ],
    ['JSON in a string of JSON', JSON.stringify(JSON.stringify({ access_token: TOKEN }))],
    ['a header', `Authorization: Bearer ${TOKEN}\n`],
    ['Bearer', `bearer ${TOKEN}`],
    ['quotation marks', `"${TOKEN}"\n`],
    ['single quotes', `'${TOKEN}'`],
    ['a variable', `export TOKEN=${TOKEN}\n`],
    ['YAML', `token: ${TOKEN}\nhost: a.b.example.com\n`],
    ['a command line', `curl -H "Authorization: Bearer ${TOKEN}" https://api.example.com/v1`],
    ['the query of a URL', `https://app.example.com/cb?id_token=${TOKEN}&state=x`],
    ['a sentence', `The token is ${TOKEN}.`],
    ['lines of a terminal', folded(76)],
    ['lines of another terminal', `${folded(100)}\n`],
    ['color codes', `\u001b[0;32m${TOKEN}\u001b[0m`],
    ['a zero-width space', `${TOKEN}\u200b`],
    ['a byte order mark', `\ufeff${TOKEN}`],
    ['a NUL', `${TOKEN}\0`],
    ['UTF-16 of PowerShell', misread(Buffer.from(`\ufeff${TOKEN}\r\n`, 'utf16le'))],
    ['UTF-16 without a mark', misread(Buffer.from(`${TOKEN}\r\n`, 'utf16le'))],
    ['UTF-16, big-endian', misread(Buffer.from(`\ufeff${TOKEN}\r\n`, 'utf16le').swap16())],
    [
      'JSON in UTF-16',
      misread(Buffer.from(`\ufeff${JSON.stringify({ WebIdentityToken: TOKEN })}`, 'utf16le')),
    ],
  ])('%s', (_what, text) => {
    expect(tokenIn(text)).toBe(TOKEN);
  });

  test('an unsigned token keeps the dot at its end', () => {
    const unsigned = raw({ alg: 'none' }, {}, '');
    expect(tokenIn(`"${unsigned}"`)).toBe(unsigned);
  });
});

describe('what cannot be told is left as it is, and named', () => {
  test.each<[string, string, string]>([
    ['two tokens', `${TOKEN}\n${TOKEN}\n`, 'it has two tokens'],
    ['two tokens in JSON', JSON.stringify({ a: TOKEN, b: OTHER }), 'it has two tokens'],
    ['three tokens', `${TOKEN} ${OTHER} ${TOKEN}`, 'it has 3 tokens'],
    ['a token and what may go on with it', `${TOKEN}\nAAAA\n`, 'it has other text around the token'],
    ['an encrypted token', JWE, 'it has five parts: it is an encrypted token (JWE), not a signed token'],
    ['an opaque string', 'ya29.a0AfH6SMB'.replace('.', '-'), 'it is an opaque token, without a dot'],
    ['JSON without a token', '{"Credentials":{"AccessKeyId":"AKIA"}}', 'it is JSON'],
    ['JSON that was cut', '{"WebIdentityToken":', 'it starts like JSON, but is not valid JSON'],
    ['a page', '<!DOCTYPE html><title>Sign in</title>', 'it is HTML or XML'],
    ['a key', '-----BEGIN PRIVATE KEY-----\nAAAA\n', 'it is a PEM file: a key or a certificate'],
    ['nothing', ' \n', 'it is empty'],
  ])('%s', (_what, text, reason) => {
    expect(() => decodeJwt(tokenIn(text))).toThrow(`The text is not a JWT: ${reason}.`);
  });
});

describe('a text that has to be the token itself is named', () => {
  test.each<[string, string, string]>([
    [
      'JSON',
      JSON.stringify({ WebIdentityToken: TOKEN }),
      'it is JSON, with the token in its member WebIdentityToken',
    ],
    ['JSON with a strange name', JSON.stringify({ 'a b': TOKEN }), 'it is JSON'],
    ['Bearer', `Bearer ${TOKEN}`, 'it starts with "Bearer"'],
    ['a header', `Authorization: Bearer ${TOKEN}`, 'it starts with "Bearer"'],
    ['quotation marks', `"${TOKEN}"`, 'it is in quotation marks'],
    ['single quotes', `'${TOKEN}'`, 'it is in quotation marks'],
    ['a variable', `TOKEN=${TOKEN}`, 'it starts with a name and an equals sign'],
    ['a command line', `curl -H 'Authorization: Bearer ${TOKEN}'`, 'it has other text around the token'],
    ['a newline', `${TOKEN}\n`, 'it ends with a newline'],
    ['a newline of Windows', `${TOKEN}\r\n`, 'it ends with a newline'],
    ['spaces', ` ${TOKEN}\t\n`, 'it has white space around the token'],
    ['lines', folded(76), 'it is split over several lines'],
    ['colors', `\u001b[32m${TOKEN}\u001b[0m`, 'it has terminal color codes'],
    ['a zero-width space', `${TOKEN}\u200b`, 'it has an invisible character (U+200B)'],
    ['a byte order mark', `\ufeff${TOKEN}`, 'it starts with a byte order mark (U+FEFF)'],
    ['a NUL', `${TOKEN}\0`, 'it has a NUL character'],
    ['UTF-16', misread(Buffer.from(`\ufeff${TOKEN}`, 'utf16le')), 'it is UTF-16 instead of ASCII'],
  ])('%s', (_what, text, reason) => {
    expect(() => decodeJwt(text)).toThrow(`The text is not a JWT: ${reason}.`);
  });
});

test('a text of 64 KiB is searched in no time', () => {
  const began = performance.now();
  for (const unit of ['a', 'a.', '.', 'eyJ', 'a\n', '"', '\0']) tokenIn(unit.repeat(65536 / unit.length));
  expect(performance.now() - began).toBeLessThan(2000);
});
