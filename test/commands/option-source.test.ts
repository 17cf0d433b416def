import { describe, expect, it } from 'vitest';
import { failureOfRun } from '../support/failure-of-run.ts';

const ROLE = 'arn:aws:iam::123456789012:role/app';
const KEYS = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };

/** An option with a value that it cannot have, and what else the command needs to get as far as that. */
interface Row {
  readonly option: string;
  readonly value: string;
  readonly command: readonly string[];
  readonly code?: string;
  readonly env?: Readonly<Record<string, string>>;
}

const INVALID = 'usage.invalid-value';
const ROWS: readonly Row[] = [
  { option: 'mongo-port', value: 'x', command: ['sandbox', '--', 'true'] },
  { option: 'mongo-port', value: '65536', command: ['sandbox', '--', 'true'] },
  { option: 'max-connections', value: '0', command: ['sandbox', '--', 'true'] },
  { option: 'server-version', value: '1', command: ['sandbox', '--', 'true'] },
  { option: 'scenario', value: 'nope', command: ['sandbox', '--', 'true'] },
  { option: 'retry', value: 'x', command: ['check'] },
  { option: 'concurrency', value: '101', command: ['check'] },
  { option: 'dns-server', value: 'x:y', command: ['check'] },
  { option: 'dns-server', value: 'dns.example', command: ['connect'] },
  { option: 'privilege', value: 'x', command: ['check'] },
  { option: 'soak', value: '10s', command: ['check'] },
  { option: 'wait', value: 'long', command: ['check'] },
  { option: 'role-arn', value: 'x', command: ['check'] },
  { option: 'role-arn', value: 'x', command: ['whoami'] },
  { option: 'mfa-serial', value: 'x', command: ['check', '--role-arn', ROLE] },
  { option: 'external-id', value: 'x', command: ['credentials', '--role-arn', ROLE] },
  { option: 'external-id', value: 'id', command: ['check'], code: 'usage.invalid-command-line' },
  { option: 'session-name', value: 'a b', command: ['credentials', '--role-arn', ROLE] },
  { option: 'source-identity', value: 'a b', command: ['credentials', '--role-arn', ROLE] },
  { option: 'only', value: 'sts.mnt', command: ['check'] },
  { option: 'skip', value: 'nope', command: ['check'] },
  { option: 'fail-on', value: 'x', command: ['check'] },
  { option: 'mechanism', value: 'x', command: ['connect'] },
  { option: 'api', value: 'ftp://x', command: ['check'] },
  { option: 'api', value: 'http://api.example', command: ['check'], code: 'net.plaintext-refused' },
  { option: 'issuer', value: 'x', command: ['check'] },
  { option: 'issuer', value: 'x', command: ['verify', '-', '--audience', 'a'] },
  { option: 'duration', value: '10s', command: ['check', '--audience', 'a'] },
  { option: 'duration', value: 'soon', command: ['token', '--audience', 'a'] },
  { option: 'wait-timeout', value: '0', command: ['enable'] },
  { option: 'audience', value: 'a'.repeat(1001), command: ['token'] },
  { option: 'uri', value: 'http://x', command: ['connect'], code: 'mongo.uri-invalid' },
  { option: 'uri', value: 'mongodb://u:p@h/', command: ['connect'], code: 'mongo.password-in-uri' },
  { option: 'uri', value: 'mongodb://db.example/', command: ['check'], code: 'mongo.plaintext-refused' },
  { option: 'config', value: 'absent.yaml', command: ['check'], code: 'usage.unreadable-input' },
  {
    option: 'token-file',
    value: 'absent.jwt',
    command: ['connect', '--uri', 'mongodb://localhost/'],
    code: 'mongo.token-file-unusable',
  },
  {
    option: 'atlas-url',
    value: 'ftp://x',
    command: ['check'],
    code: 'atlas.url-invalid',
    env: { MONGODB_ATLAS_CLIENT_ID: 'id', MONGODB_ATLAS_CLIENT_SECRET: 'a-secret-of-atlas' },
  },
  { option: 'output', value: 'x', command: ['whoami'] },
  { option: 'timeout', value: 'x', command: ['whoami'] },
  { option: 'region', value: 'xx', command: ['whoami'], code: 'aws.region-invalid', env: KEYS },
  { option: 'profile', value: 'xx', command: ['whoami'], code: 'aws.profile-unknown' },
];

function variableOf(option: string): string {
  return `FEDCTL_${option.toUpperCase().replaceAll('-', '_')}`;
}

function argumentsOf({ command, option, value }: Row): readonly string[] {
  const [name = '', ...rest] = command;
  return [name, `--${option}`, value, ...rest];
}

describe.each(ROWS)('$command with --$option $value', (row) => {
  const { option, value, command, code = INVALID, env = {} } = row;
  const variable = variableOf(option);

  it('names the variable where a variable holds the value, and no flag that nobody typed', async () => {
    const failure = await failureOfRun(command, { ...env, [variable]: value });
    expect({ ...failure, namesVariable: failure.message.includes(variable) }).toEqual({
      ...failure,
      code,
      namesVariable: true,
    });
    expect(failure.message).not.toMatch(new RegExp(`--${option}(?![\\w-])`));
    if ('option' in failure.details) expect(failure.details['option']).toBe(variable);
  });

  it('names no variable where the value was typed, whatever the variable holds', async () => {
    const failure = await failureOfRun(argumentsOf(row), { ...env, [variable]: value });
    expect(failure.code).toBe(code);
    expect(failure.message).not.toContain('FEDCTL_');
    if ('option' in failure.details) expect(failure.details['option']).toBe(`--${option}`);
  });
});

it('says the same of a value, typed or in a variable', async () => {
  const typed = await failureOfRun(['check', '--retry', 'x'], {});
  const variable = await failureOfRun(['check'], { FEDCTL_RETRY: 'x' });
  expect(typed.message).toBe('Invalid --retry "x": expected a number from 0 to 100.');
  expect(variable.message).toBe('Invalid FEDCTL_RETRY "x": expected a number from 0 to 100.');
});

it('names the variable of a switch, which takes no value on the command line', async () => {
  const { message } = await failureOfRun(['whoami'], { FEDCTL_QUIET: 'perhaps' });
  expect(message).toBe('Invalid FEDCTL_QUIET "perhaps": expected 1, true, 0 or false.');
});

it('puts the variable in front of a sentence that names no option', async () => {
  const { message } = await failureOfRun(['connect'], { FEDCTL_URI: 'http://x' });
  expect(message).toBe(
    'FEDCTL_URI: Invalid connection string: expected mongodb:// or mongodb+srv://, followed by a host.',
  );
});

it('asks for the variable to be removed where the flag would have to be left out', async () => {
  const { remedy } = await failureOfRun(['check'], { FEDCTL_EXTERNAL_ID: 'id' });
  expect(remedy).toBe('Add --role-arn <arn>, or remove FEDCTL_EXTERNAL_ID.');
});

describe('a target of a file', () => {
  const files = {
    'targets.yaml': `targets:
  prod:
    uri: mongodb+srv://cluster0.example.mongodb.net/
    mechanism: aws
    subject: '*'
`,
  };

  it('is blamed by the name of the file, though a variable of the option is set', async () => {
    const failure = await failureOfRun(['check', '--config', 'targets.yaml'], { FEDCTL_SUBJECT: 'x' }, files);
    expect(failure).toMatchObject({
      code: 'usage.invalid-command-line',
      message:
        'targets.yaml requests a check that would not run: MONGODB-AWS logs in with AWS credentials, without a token.',
      details: { option: 'targets.yaml' },
    });
  });

  it('is not blamed for what was typed', async () => {
    const { message } = await failureOfRun(
      ['check', '--config', 'targets.yaml', '--subject', 'y'],
      {},
      files,
    );
    expect(message).toMatch(/^--subject requests/);
  });

  it('is not blamed for what a variable asks of the run', async () => {
    const { message } = await failureOfRun(
      ['check', '--config', 'targets.yaml'],
      { FEDCTL_SKIP: 'nope' },
      files,
    );
    expect(message).toBe('Invalid FEDCTL_SKIP: no check is named "nope".');
  });
});

it('tells that no command was given in a sentence', async () => {
  expect(await failureOfRun([], {})).toMatchObject({
    code: 'usage.invalid-command-line',
    message: 'No command was given.',
  });
});
