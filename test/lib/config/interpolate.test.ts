import { describe, expect, test } from 'vitest';
import { interpolate } from '../../../src/lib/config/interpolate.ts';

const ENV = {
  FEDCTL_VAR_A: 'one',
  FEDCTL_VAR_EMPTY: '',
  FEDCTL_VAR_NESTED: `\${FEDCTL_VAR_A} $$`,
  HOME: '/root',
};

describe('what stands in a text', () => {
  test.each([
    ['plain', 'plain'],
    [`\${FEDCTL_VAR_A}`, 'one'],
    [`a-\${FEDCTL_VAR_A}-\${FEDCTL_VAR_A}`, 'a-one-one'],
    [`\${FEDCTL_VAR_A:-two}`, 'one'],
    [`\${FEDCTL_VAR_NONE:-two}`, 'two'],
    [`\${FEDCTL_VAR_NONE:-a:-b $x}`, 'a:-b $x'],
    [`\${FEDCTL_VAR_NONE:-}`, ''],
    [`\${FEDCTL_VAR_EMPTY:-two}`, 'two'],
    [`\${FEDCTL_VAR_EMPTY}`, ''],
    ['$$', '$'],
    [`$\${FEDCTL_VAR_A}`, `\${FEDCTL_VAR_A}`],
    [`$$\${FEDCTL_VAR_A}`, '$one'],
    ['$$$$', '$$'],
    ['$HOME costs 5$', '$HOME costs 5$'],
    // One pass: a value is not looked at again.
    [`\${FEDCTL_VAR_NESTED}`, `\${FEDCTL_VAR_A} $$`],
  ])('%s', (text, expected) => {
    expect(interpolate(text, ENV)).toEqual({ text: expected });
  });

  test.each([
    [`\${HOME}`, `refers to \${HOME}: a configuration file can read only variables named FEDCTL_VAR_…`],
    [`\${HOME:-x}`, `refers to \${HOME}: a configuration file can read only variables named FEDCTL_VAR_…`],
    [
      `\${fedctl_var_a}`,
      `refers to \${fedctl_var_a}: a configuration file can read only variables named FEDCTL_VAR_…`,
    ],
    [
      `\${FEDCTL_URI}`,
      `refers to \${FEDCTL_URI}: a configuration file can read only variables named FEDCTL_VAR_…`,
    ],
    [
      `\${}`,
      'refers to an invalid variable name: a configuration file can read only variables named FEDCTL_VAR_…',
    ],
    [
      `\${FEDCTL_VAR_A b}`,
      'refers to an invalid variable name: a configuration file can read only variables named FEDCTL_VAR_…',
    ],
    [
      `\${FEDCTL_VAR_NONE}`,
      `requires FEDCTL_VAR_NONE, which is not set; set the variable or specify a default: \${FEDCTL_VAR_NONE:-<default>}`,
    ],
    [
      `\${FEDCTL_VAR_NONE:-\${FEDCTL_VAR_A}}`,
      `has an unclosed or nested "\${" (expected "\${FEDCTL_VAR_<NAME>}"; write a literal "\${" as "$\${")`,
    ],
    [
      `x\${FEDCTL_VAR_A`,
      `has an unclosed or nested "\${" (expected "\${FEDCTL_VAR_<NAME>}"; write a literal "\${" as "$\${")`,
    ],
    [
      `\${FEDCTL_VAR_A:x}`,
      `has an unclosed or nested "\${" (expected "\${FEDCTL_VAR_<NAME>}"; write a literal "\${" as "$\${")`,
    ],
  ])('%s is a fault', (text, fault) => {
    expect(interpolate(text, ENV)).toEqual({ fault });
  });
});
