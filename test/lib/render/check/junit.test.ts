import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { expect, test } from 'vitest';
import type { CheckReport } from '../../../../src/lib/core/check-run.ts';
import { junitXml } from '../../../../src/lib/render/check/junit.ts';
import { HOSTILE_TEXTS, hostileReport, REPORTS, WRONG_AUDIENCE } from './reports.ts';

const LISTS = ['testsuite', 'testcase', 'property'];

/** As CI hosts read it: only well-formed documents. */
function parsed(report: CheckReport) {
  const xml = junitXml(report);
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    trimValues: false,
    parseTagValue: false,
    isArray: (name) => LISTS.includes(name),
  });
  return parser.parse(xml);
}

test.each(REPORTS)('%s: a suite for each target, a case for each check', async (name, report) => {
  await expect(junitXml(report)).toMatchFileSnapshot(`golden/junit-${name}.golden`);
  const { testsuites } = parsed(report);
  expect(testsuites.testsuite).toHaveLength(report.targets.length);
  expect(Number(testsuites.tests)).toBe(report.targets.flatMap(({ checks }) => checks).length);
});

test('failures and skips stand where hosts look for them, and the counts are theirs', () => {
  const [suite] = parsed(WRONG_AUDIENCE).testsuites.testsuite;
  const failed = suite.testcase.filter((each: object) => 'failure' in each);
  const skipped = suite.testcase.filter((each: object) => 'skipped' in each);
  expect(failed.map((each: { name: string }) => each.name)).toEqual(['atlas.identity-provider']);
  expect(skipped.map((each: { skipped: { message: string } }) => each.skipped.message)).toEqual([
    'atlas.identity-provider failed',
    'atlas.identity-provider failed',
  ]);
  expect([suite.tests, suite.failures, suite.errors, suite.skipped]).toEqual(['12', '1', '0', '2']);
  expect(failed[0].failure).toMatchObject({
    type: 'jwt.audience-mismatch',
    message: 'The identity provider "prod" of Atlas expects another audience than the token names.',
  });
  expect(failed[0].failure['#text']).toContain(
    '\nremedy: fedctl token --audience https://orders.example/atlas\n',
  );
});

test.each(HOSTILE_TEXTS)('a text from outside stays text, and the document well formed: %j', (text) => {
  const { testsuites } = parsed(hostileReport(text));
  expect(Object.keys(testsuites).sort()).toEqual(Object.keys(parsed(hostileReport('x')).testsuites).sort());
  const [suite] = testsuites.testsuite;
  expect(suite.testcase).toHaveLength(3);
  expect(
    suite.testcase.map(Object.keys).map((keys: string[]) => keys.filter((key) => key !== '#text')),
  ).toEqual(
    ['failure', 'system-out', 'skipped'].map((kind) => [kind, 'name', 'classname', 'time', 'timestamp']),
  );
  const xml = junitXml(hostileReport(text));
  expect(xml.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\ufffe\uffff]/u);
  expect(xml).not.toMatch(/^\s*::|##\[/m);
});
