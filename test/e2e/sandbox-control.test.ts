import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type CannedAnswer, loopbackServer } from '../support/loopback-server.ts';
import { runBin } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

const READ_THE_HELP = { remedy: 'Read the help of the command.', command: 'fedctl sandbox set --help' };

let lab: RunningLab;

beforeEach(async () => {
  lab = await runLab();
});

afterEach(async () => {
  await lab.stop();
});

/** Runs a command and returns its JSON document, which must match its schema. */
async function document(name: string, ...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await lab.run([...args, '--json']);
  expect(stderr).toBe('');
  const answer = JSON.parse(stdout) as Record<string, unknown>;
  expect(schemaFaults(name, answer)).toEqual([]);
  return answer;
}

describe('fedctl sandbox status', () => {
  test('shows what the running lab plays', async () => {
    expect(await document('sandbox-status', 'sandbox', 'status')).toMatchObject({
      accounts: [
        { id: '123456789012', federation: 'disabled', keyIds: ['RSA_0', 'EC384_0'] },
        { id: '210987654321' },
      ],
      identityProviders: [{ issuer: lab.env['FEDCTL_ISSUER'], audience: 'fedctl-lab', userClaim: 'sub' }],
    });
    const { stdout } = await lab.run(['sandbox', 'status']);
    expect(stdout).toMatch(/^Endpoints\n {2}STS +http:/);
    expect(stdout).toMatch(
      /\n\nIdentities\n {2}arn:aws:iam::123456789012:user\/operator +profile default +(all )?permissions/,
    );
  });
});

describe('fedctl sandbox set', () => {
  test('changes the lab, and each change is one that a client meets', async () => {
    expect(
      await document('sandbox-set', 'sandbox', 'set', '--federation', 'enabled', '--rotate-keys'),
    ).toMatchObject({
      changes: [
        { setting: 'federation', of: '123456789012', value: 'enabled' },
        { setting: 'keys', of: '123456789012', value: 'RSA_1, EC384_1' },
      ],
    });
    const { stdout: token } = await lab.run(['token']);
    expect((await lab.run(['decode'], { input: token })).stdout).toContain('RSA_1');
    expect((await lab.run(['verify'], { input: token })).code).toBe(0);
    await lab.run(['sandbox', 'set', '--rotate-keys']);
    const { code, stdout } = await lab.run(['verify', '--json'], { input: token });
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 5,
      valid: false,
      faults: [{ code: 'jwt.key-unknown' }],
    });
  });

  test('a revoked database user is refused at its next login', async () => {
    await lab.run(['sandbox', 'set', '--federation', 'enabled']);
    expect((await lab.run(['connect', '--mechanism', 'aws'])).code).toBe(0);
    const user = 'arn:aws:iam::123456789012:user/operator';
    const { stdout } = await lab.run(['sandbox', 'set', '--revoke-user', user, '--drop-connections']);
    expect(stdout).toMatch(
      /^database user arn:aws:iam::123456789012:user\/operator: revoked\nconnections mongod: \d+ dropped\n$/,
    );
    expect((await lab.run(['connect', '--mechanism', 'aws'])).code).toBe(4);
  });

  test('a refused login is mended while the lab runs', { timeout: 60_000 }, async () => {
    const user = 'arn:aws:iam::123456789012:user/operator';
    await lab.run(['sandbox', 'set', '--federation', 'enabled', '--revoke-user', user]);
    expect((await lab.run(['connect', '--mechanism', 'aws'])).code).toBe(4);
    const described = ['--user-type', 'iam-user', '--user-role', 'readWrite@app'];
    expect(await document('sandbox-set', 'sandbox', 'set', '--user', user, ...described)).toMatchObject({
      changes: [{ setting: 'database-user', of: user, value: 'created' }],
    });
    expect((await lab.run(['connect', '--mechanism', 'aws'])).code).toBe(0);
    await lab.run(['sandbox', 'set', '--disconnect-provider', 'fedctl lab']);
    expect((await lab.run(['connect'])).code).toBe(4);
    const changed = ['--provider', 'fedctl lab', '--provider-audience', 'another'];
    const { stdout } = await lab.run([
      ...['sandbox', 'set', ...changed, '--connect-provider', 'fedctl lab'],
      ...['--allow-address', '192.0.2.7', '--pause-cluster', 'lab', '--start-cluster', 'lab'],
    ]);
    expect(stdout.replace(/[0-9a-f]{24}/, '<id>').replace(/http:\S+(?=,)/, '<issuer>')).toBe(
      `identity provider fedctl lab: <id>, issuer <issuer>, audience another
organization link fedctl lab: connected
access list 192.0.2.7: allowed
cluster lab: paused
cluster lab: running
`,
    );
    expect((await lab.run(['connect', '--audience', 'another'])).code).toBe(0);
  });

  test('a deleted identity has keys that nobody knows', async () => {
    await lab.run(['sandbox', 'set', '--revoke-identity', 'arn:aws:iam::123456789012:user/operator']);
    const { code, stderr } = await lab.run(['whoami', '--json']);
    expect({ code, error: JSON.parse(stderr).error.code }).toEqual({
      code: 4,
      error: 'aws.access-key-unknown',
    });
  });

  test.each([
    [[], 'No change was given.', 'usage.invalid-command-line', READ_THE_HELP],
    [
      ['--user-role', 'readWrite@app'],
      'Options that start with --user- require --user.',
      'usage.invalid-command-line',
      READ_THE_HELP,
    ],
    [
      ['--slow', 'moon=1s'],
      'Invalid --slow "moon=1s": expected a service (sts, iam, issuer, mongod, atlas) and a time, such as mongod=2s.',
      'usage.invalid-value',
      READ_THE_HELP,
    ],
    [
      ['--revoke-user', 'nobody'],
      'The lab has no database user "nobody".',
      'lab.unknown-name',
      { remedy: 'List the names with "fedctl sandbox status".', command: null },
    ],
    [['--what'], "Unknown option '--what'.", 'usage.unknown-option', READ_THE_HELP],
  ])('%j is refused', async (args, message, code, advice) => {
    const run = await lab.run(['sandbox', 'set', ...args, '--json']);
    expect({ code: run.code, stdout: run.stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(run.stderr).error).toMatchObject({ message, code, ...advice });
  });
});

describe('fedctl sandbox clock', () => {
  test('moves the time that AWS lives by, and puts it back', async () => {
    expect(await document('sandbox-clock', 'sandbox', 'clock', '--ahead', '10m')).toMatchObject({
      offsetSeconds: 600,
    });
    const { stdout } = await lab.run(['sandbox', 'clock']);
    expect(stdout).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z, 10 min ahead of the real time\n$/);
    expect(await document('sandbox-clock', 'sandbox', 'clock', '--behind', '1h')).toMatchObject({
      offsetSeconds: -3600,
    });
    expect(await document('sandbox-clock', 'sandbox', 'clock', '--reset')).toMatchObject({
      offsetSeconds: 0,
    });
    expect((await lab.run(['sandbox', 'clock', '--reset', '--ahead', '1m'])).stderr).toBe(
      `error: --ahead, --behind and --reset are mutually exclusive.
cause:  An argument or option value is missing, or the command line has an extra argument.
remedy: Read the help of the command.
run:    fedctl sandbox clock --help
code:   usage.invalid-command-line
`,
    );
  });
});

describe('fedctl sandbox log', () => {
  test('shows the true reason, and no token', async () => {
    await lab.run(['sandbox', 'set', '--federation', 'enabled']);
    await lab.run(['connect', '--mechanism', 'oidc', '--audience', 'another']);
    const { entries } = await document('sandbox-log', 'sandbox', 'log');
    expect(entries).toContainEqual(
      expect.objectContaining({
        hop: 'mongod',
        decision: 'refused',
        reason: expect.stringContaining('another'),
      }),
    );
    const { stdout } = await lab.run(['sandbox', 'log']);
    expect(stdout).toMatch(/^lab \d\d:\d\d:\d\d sts GetWebIdentityToken allowed: /m);
    expect(stdout).not.toMatch(/eyJ/);
  });

  test('--follow shows each as it happens, and ends with the lab', async () => {
    let asked = false;
    const following = lab.run(['sandbox', 'log', '--follow', '--json'], {
      watch: ({ stdout }) => {
        if (asked || !stdout.includes('"clock"')) return;
        asked = true;
        void lab.stop();
      },
    });
    await lab.run(['sandbox', 'clock', '--reset']);
    const { code, stdout, stderr } = await following;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(lines.flatMap((line) => schemaFaults('sandbox-log', line))).toEqual([]);
    expect(lines).toContainEqual(
      expect.objectContaining({ entries: [expect.objectContaining({ hop: 'control', action: 'clock' })] }),
    );
  });
});

describe('fedctl sandbox stop', () => {
  test('ends the lab, and a second one finds none', async () => {
    const ended = once(lab.process, 'exit');
    expect(await document('sandbox-stop', 'sandbox', 'stop')).toMatchObject({ stopped: true });
    expect((await ended)[0]).toBe(0);
    const { code, stderr } = await lab.run(['sandbox', 'stop']);
    expect({ code, stderr }).toEqual({
      code: 6,
      stderr: `error: The lab at ${lab.env['FEDCTL_SANDBOX_URL']} does not respond.
cause:  The lab was stopped, but its environment variables are still set in this shell.
remedy: Start a lab with "fedctl sandbox --env-file lab.env", and run ". ./lab.env" in this shell.
code:   lab.unreachable
`,
    });
  });

  test('terminates the command that runs inside', async () => {
    const { code } = await runBin(['sandbox', '--', 'sh', '-c', 'fedctl sandbox stop && sleep 30']);
    expect(code).toBe(143);
  });
});

describe('the lab is found by its variables alone', () => {
  test.each([
    [{ FEDCTL_SANDBOX_URL: undefined }, 3, 'lab.none', 'No lab is selected: FEDCTL_SANDBOX_URL is not set.'],
    [
      { FEDCTL_SANDBOX_TOKEN: undefined },
      3,
      'lab.none',
      'No lab is selected: FEDCTL_SANDBOX_TOKEN is not set.',
    ],
    [
      { FEDCTL_SANDBOX_URL: 'http://lab.example:80' },
      2,
      'lab.address-invalid',
      'Invalid FEDCTL_SANDBOX_URL: expected http://127.0.0.1:<port>.',
    ],
    [
      { FEDCTL_SANDBOX_TOKEN: 'of-another-lab' },
      4,
      'lab.refused',
      /^The lab at http:\/\/127\.0\.0\.1:\d+ responded with 401: the bearer token does not belong to this lab\.$/,
    ],
  ])('%o', async (env, code, failure, message) => {
    const run = await lab.run(['sandbox', 'status', '--json'], { env });
    expect(run.code).toBe(code);
    expect(JSON.parse(run.stderr).error).toMatchObject({
      code: failure,
      message: typeof message === 'string' ? message : expect.stringMatching(message),
    });
  });
});

describe('what responds in place of the lab', () => {
  test.each<[string, CannedAnswer]>([
    ['HTML', { body: '<html>Welcome</html>' }],
    ['nothing', {}],
    ['JSON', { headers: { 'content-type': 'application/json' }, body: '{"entries":null}' }],
    ['more than is read', { body: ' '.repeat(9 * 1024 * 1024) }],
  ])('is told from it: %s', async (_what, answer) => {
    await using server = await loopbackServer(() => answer);
    const env = { FEDCTL_SANDBOX_URL: server.url, FEDCTL_SANDBOX_TOKEN: 'x' };
    for (const command of ['status', 'log', 'clock', 'stop']) {
      const { code, stderr } = await runBin(['sandbox', command], { env });
      expect({ code, stderr }).toEqual({
        code: 4,
        stderr: `error: The server at ${server.url} is not a lab.
cause:  The lab was stopped, and another server uses its port now.
remedy: Load the file that "fedctl sandbox --env-file lab.env" wrote: run ". ./lab.env".
code:   lab.refused
`,
      });
    }
  });
});

describe('the first word after sandbox', () => {
  test('behind -- is a program, whatever its name', async () => {
    const { code, stderr } = await runBin(['sandbox', '--', 'status']);
    expect({ code, stderr }).toEqual({
      code: 127,
      stderr: 'error: cannot run status: spawn status ENOENT\n',
    });
  });

  test('is a subcommand, which takes no option of the lab itself', async () => {
    const { code, stderr } = await runBin(['sandbox', '--tls', 'status']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: fedctl sandbox status has no option --tls.
cause:  The command does not have this option.
remedy: Read the help of the command.
run:    fedctl sandbox status --help
code:   usage.unknown-option
`,
    });
  });

  test('--help names them all', async () => {
    const { stdout } = await runBin(['sandbox', '--help']);
    expect(
      [...stdout.matchAll(/^ {2}(status|set|scenario|clock|log|stop) /gm)].map((match) => match[1]),
    ).toEqual(['status', 'set', 'scenario', 'clock', 'log', 'stop']);
  });
});
