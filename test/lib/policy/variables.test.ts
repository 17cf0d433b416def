import { expect, test } from 'vitest';
import { matches } from '../../../src/lib/core/wildcard.ts';
import { resolveVariables, variableFault } from '../../../src/lib/policy/variables.ts';

const KEYS: Readonly<Record<string, string>> = {
  'aws:username': 'ann',
  'aws:PrincipalTag/cost center': '4*2',
};

function fits(text: string, given: string): boolean | null {
  const pattern = resolveVariables(text, (key) => KEYS[key]);
  return pattern === null ? null : matches(pattern, given);
}

test.each([
  [`home/\${aws:username}/*`, 'home/ann/x', true],
  [`home/\${aws:username}/*`, 'home/bob/x', false],
  [`\${aws:PrincipalTag/cost center}`, '4*2', true],
  // What a variable stands for is no pattern.
  [`\${aws:PrincipalTag/cost center}`, '412', false],
  [`\${aws:PrincipalTag/team, 'no team'}`, 'no team', true],
  [`\${aws:PrincipalTag/team,'a}b'}`, 'a}b', true],
  [`\${aws:PrincipalTag/team, ''}`, '', true],
  [`\${aws:username, 'bob'}`, 'ann', true],
  [`a\${*}`, 'a*', true],
  [`a\${*}`, 'ab', false],
  [`a\${?}`, 'a?', true],
  [`\${$}{aws:username}`, `\${aws:username}`, true],
  [`\${aws:PrincipalTag/team}`, '', null],
])('%s against %j is %s', (text, given, expected) => {
  expect(fits(text, given)).toBe(expected);
});

test.each([
  [`home/\${aws:username}`, null],
  [`\${aws:PrincipalTag/cost center, 'x'} \${*} \${$}`, null],
  ['no $ variable { }', null],
  [`home/\${aws:username`, 'unclosed policy variable'],
  [`\${}`, `\${} is not a policy variable`],
  [`\${a, b}`, `\${a, b} is not a policy variable`],
  [`\${a 'b'}`, `\${a 'b'} is not a policy variable`],
  [`\${, 'b'}`, `\${, 'b'} is not a policy variable`],
])('the fault of %s is %s', (text, fault) => {
  expect(variableFault(text)).toBe(fault);
});
