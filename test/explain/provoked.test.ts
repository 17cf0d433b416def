import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAILURES } from '../../src/lib/failures/failures.ts';
import { SCENARIOS } from '../../src/sandbox/scenarios/scenarios.ts';
import { ROOT } from '../architecture/imports.ts';
import { EVIDENCE, type Evidence } from './evidence.ts';

/** How far behind its title a test may show the code. */
const LINES = 30;

function read(...path: readonly string[]): string {
  return readFileSync(join(ROOT, 'test', ...path), 'utf8');
}

/** The code as a whole: not the beginning of another. */
function shows(text: string, code: string): boolean {
  return new RegExp(`(?<![a-z0-9.-])${code.replaceAll('.', '\\.')}(?![a-z0-9-]|\\.[a-z])`).test(text);
}

/** Why something is no evidence of a code; null when it is. */
function fault(code: string, evidence: Evidence): string | null {
  if (evidence === 'here') return shows(read('explain', 'runs.test.ts'), code) ? null : 'it is not there';
  if ('scenario' in evidence) {
    const played = SCENARIOS.find(({ name }) => name === evidence.scenario);
    if (played === undefined) return `there is no scenario ${evidence.scenario}`;
    return [played.expects, played.expectsBlind].some((expected) => expected === code)
      ? null
      : `the scenario ${played.name} expects ${played.expects}`;
  }
  if ('page' in evidence) {
    return shows(read('e2e', 'golden', 'bad-input', `${evidence.page}.golden`), code)
      ? null
      : `the page ${evidence.page} does not show it`;
  }
  const text = read(evidence.file);
  const at = text.indexOf(evidence.at);
  if (at < 0) return `${evidence.file} has no "${evidence.at}"`;
  const after = text.slice(at).split('\n').slice(0, LINES).join('\n');
  return shows(after, code) ? null : `"${evidence.at}" in ${evidence.file} does not show it`;
}

describe('a code of kind raised', () => {
  test('has evidence, and no other code has', () => {
    expect(Object.keys(EVIDENCE).sort()).toEqual(Object.keys(FAILURES).sort());
  });

  test.each(Object.entries(EVIDENCE))('%s is provoked by a test', (code, evidence) => {
    expect(fault(code, evidence)).toBeNull();
  });

  test('evidence that does not hold is found', () => {
    expect([
      fault('sts.mint-denied', { scenario: 'moon-phase' }),
      fault('sts.mint-denied', { scenario: 'credentials-missing' }),
      fault('sts.mint-denied', { page: 'no-region' }),
      fault('sts.mint-denied', { file: 'lib/aws/refusals.test.ts', at: 'no such title' }),
      fault('sts.tag-denied', { file: 'lib/aws/refusals.test.ts', at: 'STS not active' }),
    ]).toEqual([
      'there is no scenario moon-phase',
      'the scenario credentials-missing expects aws.credentials-missing',
      'the page no-region does not show it',
      'lib/aws/refusals.test.ts has no "no such title"',
      '"STS not active" in lib/aws/refusals.test.ts does not show it',
    ]);
  });
});
