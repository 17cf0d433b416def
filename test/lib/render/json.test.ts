import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../../src/lib/render/json.ts';

test('a document is one line that any parser reads back, and nothing on it steers a terminal', () => {
  fc.assert(
    fc.property(fc.object({ values: [fc.string({ unit: 'binary' })] }), (document) => {
      const line = jsonText(document);
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(document)));
      expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
  );
  expect(jsonText({ sub: 'a\u001b[31m\u009b\u202eb\u{e0001}' })).toBe(
    '{"sub":"a\\u001b[31m\\u009b\\u202eb\\udb40\\udc01"}',
  );
  expect(jsonText({ '##[a': '###[add-mask]b' })).toBe('{"#\\u0023[a":"##\\u0023[add-mask]b"}');
});
