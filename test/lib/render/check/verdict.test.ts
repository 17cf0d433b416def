import { expect, test } from 'vitest';
import type { CheckReport, CheckResult } from '../../../../src/lib/core/check-run.ts';
import { summaryLines } from '../../../../src/lib/render/check/human.ts';
import { explainCommand, reportVerdict } from '../../../../src/lib/render/check/verdict.ts';
import { createTheme } from '../../../../src/lib/render/theme.ts';
import { check, HEALTHY, report, TWO_TARGETS, target, WRONG_AUDIENCE } from './reports.ts';

const PASSED = check(0, { id: 'mongo.oidc.login', title: 'the cluster lets us in', link: 'cluster' });
const PROVED = check(0, { id: 'jwt.signature', title: 'a key signed it', link: 'issuer' });
const MINTED = check(0, { id: 'sts.mint', title: 'STS mints a token', link: 'sts' });
const WARNED: CheckResult = { ...PASSED, id: 'mongo.tls', status: 'warn', code: 'sts.federation-disabled' };
const FAILED: CheckResult = { ...PASSED, id: 'mongo.dns', status: 'fail', remedy: 'dig orders' };
const SKIPPED: CheckResult = { ...PASSED, id: 'net.api', status: 'skip' };

function told(run: CheckReport) {
  const { status, words, first, where } = reportVerdict(run);
  return [status, words, first?.id ?? null, where];
}

/** As `--fail-on warn` ends. */
function refused(run: CheckReport): CheckReport {
  return { ...run, ok: false };
}

test('one target', () => {
  expect(told(HEALTHY)).toEqual(['pass', 'the chain works', null, null]);
  expect(told(WRONG_AUDIENCE)).toEqual([
    'fail',
    'broken at atlas.identity-provider',
    'atlas.identity-provider',
    null,
  ]);
  const warned = report([target([PASSED, WARNED])]);
  expect(told(warned)).toEqual(['warn', 'the chain works, with warnings', 'mongo.tls', null]);
  expect(told(refused(warned))).toEqual(['fail', 'warnings are treated as failures', 'mongo.tls', null]);
});

test('that nothing is broken says little where nobody was let in', () => {
  const little = 'no failures, but no login was attempted';
  expect(told(report([target([SKIPPED])]))).toEqual(['warn', little, null, null]);
  expect(told(report([target([MINTED])]))).toEqual(['warn', little, null, null]);
  const token = 'the chain works up to the token, but no login was attempted';
  expect(told(report([target([MINTED, PROVED])]))).toEqual(['pass', token, null, null]);
  expect(told(report([target([MINTED, PROVED, WARNED])]))[1]).toBe(`${token}, with warnings`);
  expect(told(report([target([PROVED, { ...PASSED, id: 'net.api' }])]))[1]).toBe('the chain works');
});

test('several targets', () => {
  const well = target([PASSED], { name: 'a' });
  expect(told(report([well, well]))).toEqual(['pass', '2 targets work', null, null]);
  expect(told(TWO_TARGETS)).toEqual([
    'warn',
    'no failures in 2 targets, warnings in 1',
    'mongo.tls',
    'orders-staging',
  ]);
  expect(told(refused(TWO_TARGETS))).toEqual([
    'fail',
    'warnings are treated as failures',
    'mongo.tls',
    'orders-staging',
  ]);
  const broken = target([WARNED, FAILED], { name: 'b' });
  expect(told(report([target([WARNED], { name: 'w' }), broken]))).toEqual([
    'fail',
    'failures in 1 of 2 targets',
    'mongo.dns',
    'b',
  ]);
});

test('the last line is what to type, and for which target', () => {
  const lines = summaryLines(
    report([target([PASSED], { name: 'a' }), target([FAILED], { name: 'bb', attempts: 3 })]),
    createTheme(false),
  );
  expect(lines).toEqual([
    '✗ failures in 1 of 2 targets: 1 passed, 1 failed in 1210 ms, after 3 attempts',
    '  next, for bb: dig orders',
  ]);
  expect(summaryLines(report([target([WARNED])]), createTheme(false)).at(-1)).toBe(
    '  next: fedctl explain sts.federation-disabled',
  );
});

test('a check without a code has nothing to explain', () => {
  expect([explainCommand(PASSED), explainCommand(WARNED)]).toEqual([
    null,
    'fedctl explain sts.federation-disabled',
  ]);
});
