import { afterEach, describe, expect, test } from 'vitest';
import { runBin } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

let lab: RunningLab | undefined;

afterEach(async () => {
  await lab?.stop();
  lab = undefined;
});

async function start(...args: readonly string[]): Promise<RunningLab> {
  lab = await runLab(...args);
  return lab;
}

describe('fedctl sandbox scenario', () => {
  test('breaks one thing in a lab that was not even enabled', async () => {
    const { run } = await start();
    expect((await run(['token'])).code).toBe(3);
    expect(await run(['sandbox', 'scenario', 'database-user-missing'])).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: 'No database user exists for the principal.\n',
    });
    expect((await run(['token'])).code).toBe(0);
    const refused = await run(['connect', '--mechanism', 'oidc', '--json']);
    expect({ code: refused.code, error: JSON.parse(refused.stderr).error.code }).toEqual({
      code: 4,
      error: expect.stringMatching(/^(atlas\.database-user-missing|mongo\.oidc-refused)$/),
    });
    expect((await run(['sandbox', 'log'])).stdout).toMatch(
      / control scenario info: database-user-missing: No database user exists for the principal\.$/m,
    );
  });

  test('prints the variables that change, and the command with them meets it', async () => {
    const { env, run } = await start();
    const { code, stdout } = await run(['sandbox', 'scenario', 'port-closed']);
    expect(code).toBe(0);
    const [, uri] = /^export FEDCTL_URI='(mongodb:\/\/127\.0\.0\.1:\d+\/\?directConnection=true)'\n$/.exec(
      stdout,
    ) ?? [null, stdout];
    expect(uri).not.toBe(env['FEDCTL_URI']);
    const met = await run(['connect', '--json'], { env: { FEDCTL_URI: uri } });
    expect({ code: met.code, error: JSON.parse(met.stderr).error.code }).toEqual({
      code: 6,
      error: 'mongo.port-closed',
    });
  });

  test('can be evaluated by a shell, which also loses a variable', async () => {
    const { code, stderr } = await runBin([
      'sandbox',
      '--',
      'sh',
      '-c',
      'eval "$(fedctl sandbox scenario credentials-half-set --quiet)" && fedctl whoami --json',
    ]);
    expect({ code, error: JSON.parse(stderr).error.code }).toEqual({
      code: 3,
      error: 'aws.credentials-half-set',
    });
  });

  test('answers with a document of its schema', async () => {
    const { run } = await start();
    const { stdout, stderr } = await run(['sandbox', 'scenario', 'credentials-half-set', '--json']);
    expect(stderr).toBe('');
    expect(schemaFaults('sandbox-scenario', JSON.parse(stdout))).toEqual([]);
    expect(JSON.parse(stdout)).toEqual({
      schema: 'fedctl.sandbox-scenario/v1',
      name: 'credentials-half-set',
      title: 'The access key ID is set, but the secret access key is not.',
      env: { AWS_SECRET_ACCESS_KEY: null },
      warnings: [],
    });
  });

  test('what it started ends with the lab', async () => {
    const { run } = await start();
    const { stdout } = await run(['sandbox', 'scenario', 'connection-cut-in-sasl', '--json']);
    const { FEDCTL_URI: uri } = (JSON.parse(stdout) as { env: Record<string, string> }).env;
    const connect = async () =>
      JSON.parse((await run(['connect', '--json'], { env: { FEDCTL_URI: uri } })).stderr).error.code;
    expect(await connect()).toBe('mongo.auth-interrupted');
    expect((await run(['sandbox', 'stop'])).code).toBe(0);
    const token = await run(['connect', '--mechanism', 'aws', '--json'], { env: { FEDCTL_URI: uri } });
    expect(JSON.parse(token.stderr).error.code).toBe('mongo.port-closed');
  });
});

describe('is refused', () => {
  test('a name that no scenario has, with the nearest', async () => {
    const { run } = await start();
    expect(await run(['sandbox', 'scenario', 'port-close'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: Unknown scenario "port-close"; did you mean "port-closed"?
cause:  The name is misspelled, or this version of fedctl does not have the scenario.
remedy: List the scenarios.
code:   usage.invalid-value
`,
    });
    expect((await run(['sandbox', 'scenario'])).code).toBe(2);
    expect((await run(['sandbox', 'scenario', 'federation-disabled'])).code).toBe(0);
  });

  test('a second one, and what it would have broken stays whole', async () => {
    const { run } = await start('--scenario', 'roles-missing');
    expect(await run(['sandbox', 'scenario', 'federation-disabled'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: The scenario "federation-disabled" cannot be activated: "roles-missing" is already active.
cause:  A lab keeps the changes that a scenario makes. A second scenario would add a second fault.
remedy: Start another lab with "fedctl sandbox --scenario federation-disabled".
code:   lab.scenario-played
`,
    });
    expect((await run(['token'])).code).toBe(0);
  });

  test.each([
    [[], 'srv-missing', 'it requires a lab that was started with --srv'],
    [['--as', 'ec2'], 'roles-missing', 'scenarios require a lab that was started without --config and --as'],
  ])('what a lab with %j lacks', async (args, name, why) => {
    const { run } = await start(...args);
    expect(await run(['sandbox', 'scenario', name])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `error: The scenario "${name}" cannot run in this lab: ${why}.
cause:  The lab was started without a required option, or no longer contains an object that the scenario changes.
remedy: Start another lab with "fedctl sandbox --scenario ${name}".
code:   lab.scenario-unplayable
`,
    });
  });

  test('what was taken out of the lab before', async () => {
    const { run } = await start();
    await run(['sandbox', 'set', '--revoke-identity', 'arn:aws:iam::123456789012:user/operator']);
    const { code, stderr } = await run(['sandbox', 'scenario', 'roles-missing', '--json']);
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'lab.scenario-unplayable',
      message:
        'The scenario "roles-missing" cannot run in this lab: the lab no longer contains an object that the scenario must change.',
    });
  });

  test('but not by a lab that was started for it', async () => {
    const { run } = await start('--srv');
    expect((await run(['sandbox', 'scenario', 'srv-missing'])).code).toBe(0);
    const { stderr } = await run(['connect', '--json']);
    expect(JSON.parse(stderr).error.code).toBe('mongo.srv-failed');
  });
});
