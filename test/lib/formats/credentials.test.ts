import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../../src/lib/core/credentials.ts';
import { Secret } from '../../../src/lib/core/secret.ts';
import { CREDENTIAL_FORMATS, TEXT_FORMATS } from '../../../src/lib/formats/formats.ts';
import { githubEntries } from '../../../src/lib/formats/github-env.ts';
import { credentialVariables, type Variable } from '../../../src/lib/formats/variables.ts';

const ARN = 'arn:aws:sts::123456789012:assumed-role/app/s';
const SESSION: Credentials = {
  accessKeyId: 'ASIAEXAMPLE',
  secretAccessKey: new Secret('sec/ret+key'),
  sessionToken: new Secret('tok/en=='),
  expiresAt: new Date('2026-11-22T13:00:00.999Z'),
};
const BARE: Credentials = { ...SESSION, sessionToken: null, expiresAt: null };

describe('the variables', () => {
  test('are those that AWS tools read, and the Region is none of them', () => {
    expect(credentialVariables(SESSION)).toEqual([
      { name: 'AWS_ACCESS_KEY_ID', value: 'ASIAEXAMPLE' },
      { name: 'AWS_SECRET_ACCESS_KEY', value: 'sec/ret+key' },
      { name: 'AWS_SESSION_TOKEN', value: 'tok/en==' },
      { name: 'AWS_CREDENTIAL_EXPIRATION', value: '2026-11-22T13:00:00Z' },
    ]);
  });

  test('what the credentials lack is unset, so that nothing of earlier ones is mixed in', () => {
    expect(TEXT_FORMATS.env({ credentials: BARE, arn: ARN })).toBe(
      "export AWS_ACCESS_KEY_ID='ASIAEXAMPLE'\nexport AWS_SECRET_ACCESS_KEY='sec/ret+key'\nunset AWS_SESSION_TOKEN\nunset AWS_CREDENTIAL_EXPIRATION\n",
    );
    expect(TEXT_FORMATS.fish({ credentials: BARE, arn: ARN })).toBe(
      "set -gx AWS_ACCESS_KEY_ID 'ASIAEXAMPLE'\nset -gx AWS_SECRET_ACCESS_KEY 'sec/ret+key'\nset -e AWS_SESSION_TOKEN\nset -e AWS_CREDENTIAL_EXPIRATION\n",
    );
  });
});

describe('credential_process', () => {
  test('is one line of JSON with the account', () => {
    expect(TEXT_FORMATS.process({ credentials: SESSION, arn: ARN })).toBe(
      '{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"sec/ret+key","SessionToken":"tok/en==","Expiration":"2026-11-22T13:00:00Z","AccountId":"123456789012"}\n',
    );
  });

  test('leaves out what there is not', () => {
    expect(TEXT_FORMATS.process({ credentials: BARE, arn: '' })).toBe(
      '{"Version":1,"AccessKeyId":"ASIAEXAMPLE","SecretAccessKey":"sec/ret+key"}\n',
    );
  });
});

/** The file as the runner reads it: `NAME<<DELIMITER`, lines, the delimiter alone on a line. */
function asRunnerReads(file: string): Record<string, string> {
  const found: Record<string, string> = {};
  const lines = file.split('\n');
  for (let index = 0; index < lines.length - 1; index += 1) {
    const [, name = '', delimiter] = /^([^<=]+)<<(.+)$/.exec(lines[index] ?? '') ?? [];
    const end = lines.indexOf(delimiter ?? '', index + 1);
    if (end === -1) throw new Error(`line ${index + 1} starts no value`);
    found[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return found;
}

describe('github-env', () => {
  const DELIMITER = 'fedctl-5f0f6c9e-7c1d-4f5e-9d43-2f3a9f0c9b11';

  test('each value stands between lines of the delimiter; what is unset is empty', () => {
    expect(githubEntries(credentialVariables(BARE), 'END')).toBe(
      'AWS_ACCESS_KEY_ID<<END\nASIAEXAMPLE\nEND\nAWS_SECRET_ACCESS_KEY<<END\nsec/ret+key\nEND\nAWS_SESSION_TOKEN<<END\n\nEND\nAWS_CREDENTIAL_EXPIRATION<<END\n\nEND\n',
    );
  });

  test('no value can set another variable', () => {
    const hostile = fc.oneof(
      fc.constant('x\nEND\nPATH<<END\n/evil\nEND\n'),
      fc.string({ unit: fc.constantFrom('\n', '<', '=', 'A', 'END') }),
    );
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 3, maxLength: 3 }), (values) => {
        const variables = values.map((value, index): Variable => ({ name: `V${index}`, value }));
        expect(asRunnerReads(githubEntries(variables, DELIMITER))).toEqual(
          Object.fromEntries(variables.map(({ name, value }) => [name, value])),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('a delimiter that occurs in a value is a bug, not a hole', () => {
    expect(() => githubEntries([{ name: 'A', value: 'x\nEND\n' }], 'END')).toThrow(
      'the value contains the delimiter',
    );
  });
});

test('the formats are those of the issue', () => {
  expect(CREDENTIAL_FORMATS).toEqual([
    'env',
    'fish',
    'powershell',
    'cmd',
    'dotenv',
    'json',
    'process',
    'github-env',
  ]);
});
