import { expect, test } from 'vitest';
import { checkDocument } from '../../../../src/lib/render/check/document.ts';
import { jsonText } from '../../../../src/lib/render/json.ts';
import { schemaFaults } from '../../../support/schema.ts';
import { HOSTILE_TEXTS, hostileReport, REPORTS } from './reports.ts';

test.each(REPORTS)('%s: one document that fits the schema', async (name, report) => {
  const document = { ...checkDocument(report), warnings: [] };
  expect(schemaFaults('check', document)).toEqual([]);
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(
    `golden/document-${name}.golden`,
  );
});

test('a document without a verdict, or with more than the schema knows, does not fit', () => {
  const { ok: _, ...rest } = checkDocument(REPORTS[0][1]);
  expect(schemaFaults('check', { ...rest, secret: 'x', warnings: [] })).toEqual([
    " must have required property 'ok'",
    ' must NOT have additional properties',
  ]);
});

test('only what the document names gets into it', () => {
  const [target] = REPORTS[0][1].targets;
  const [check] = target?.checks ?? [];
  if (target === undefined || check === undefined) throw new Error('no check');
  const carrying = { ...check, token: 'secret', comparisons: [{ ...WITH_TOKEN }] };
  const report = { ...REPORTS[0][1], targets: [{ ...target, checks: [carrying], token: 'secret' }] };
  expect(JSON.stringify(checkDocument(report))).not.toContain('secret');
});

const WITH_TOKEN = { what: 'aud', seen: 'a', expected: ['a'], by: 'x', matches: true, token: 'secret' };

test.each(HOSTILE_TEXTS)('a text from outside comes back from the parser as it was: %j', (text) => {
  const document = { ...checkDocument(hostileReport(text)), warnings: [] };
  expect(schemaFaults('check', document)).toEqual([]);
  const line = jsonText(document);
  expect(JSON.parse(line)).toEqual(document);
  expect(line.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
});
