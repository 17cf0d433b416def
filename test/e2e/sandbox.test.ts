import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runBin } from '../support/run-bin.ts';
import { runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

describe('fedctl sandbox -- CMD', () => {
  test.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['kill -TERM $$', 143],
  ])('passes on how `%s` ends', async (script, code) => {
    expect(await runBin(['sandbox', '--', 'sh', '-c', script])).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr: '',
    });
  });

  test('ends with 127 when the command does not exist', async () => {
    const { code, stdout, stderr } = await runBin(['sandbox', '--', 'no-such-command']);
    expect({ code, stdout, stderr }).toEqual({
      code: 127,
      stdout: '',
      stderr: 'error: cannot run no-such-command: spawn no-such-command ENOENT\n',
    });
  });

  test('gives the command the variables of the lab, fedctl on PATH, and nothing of the outside', async () => {
    const outside = {
      AWS_PROFILE: 'production',
      AWS_SESSION_TOKEN: 'outside',
      AWS_ENDPOINT_URL: 'https://outside.example',
      FEDCTL_PROFILE: 'production',
      MONGODB_ATLAS_PUBLIC_API_KEY: 'outside',
      AZURE_FEDERATED_TOKEN_FILE: '/outside',
      OIDC_TOKEN_FILE: '/outside',
      KEPT: 'yes',
    };
    const { stdout } = await runBin(['sandbox', '--', 'sh', '-c', 'env; echo FEDCTL=$(fedctl --version)'], {
      env: outside,
    });
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.slice(0, line.indexOf('=')))
      .filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name))
      .sort();
    expect(names).toEqual([
      'AWS_ACCESS_KEY_ID',
      'AWS_CONFIG_FILE',
      'AWS_EC2_METADATA_DISABLED',
      'AWS_ENDPOINT_URL_IAM',
      'AWS_ENDPOINT_URL_STS',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
      'AWS_SHARED_CREDENTIALS_FILE',
      'FEDCTL',
      'FEDCTL_ATLAS_URL',
      'FEDCTL_AUDIENCE',
      'FEDCTL_ISSUER',
      'FEDCTL_SANDBOX_TOKEN',
      'FEDCTL_SANDBOX_URL',
      'FEDCTL_URI',
      'HOME',
      'KEPT',
      'MONGODB_ATLAS_CLIENT_ID',
      'MONGODB_ATLAS_CLIENT_SECRET',
      'MONGODB_ATLAS_OPS_MANAGER_URL',
      'MONGODB_ATLAS_ORG_ID',
      'MONGODB_ATLAS_PRIVATE_API_KEY',
      'MONGODB_ATLAS_PROJECT_ID',
      'MONGODB_ATLAS_PUBLIC_API_KEY',
      'NO_PROXY',
      'PATH',
      'no_proxy',
    ]);
    expect(stdout).toMatch(/^FEDCTL=\d+\.\d+\.\d+$/m);
    expect(stdout).not.toContain('outside');
  });

  test('removes its files when it ends', async () => {
    const { stdout } = await runBin(['sandbox', '--', 'sh', '-c', 'echo $AWS_CONFIG_FILE']);
    expect(existsSync(dirname(stdout.trim()))).toBe(false);
  });

  test('disable --yes in the lab cannot leave this machine', async () => {
    const outside = {
      AWS_ACCESS_KEY_ID: 'AKIAOUTSIDE',
      AWS_SECRET_ACCESS_KEY: 'outside',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ENDPOINT_URL_IAM: 'http://127.0.0.1:9',
      HTTPS_PROXY: 'http://127.0.0.1:9',
      HTTP_PROXY: 'http://127.0.0.1:9',
      ALL_PROXY: 'http://127.0.0.1:9',
    };
    const script = 'fedctl enable --no-wait --quiet && fedctl disable --yes --json';
    const { code, stdout } = await runBin(['sandbox', '--', 'sh', '-c', script], { env: outside });
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({
      schema: 'fedctl.disable/v1',
      account: '123456789012',
      changed: true,
    });
  });
});

describe('what would leave a lab that is not isolated', () => {
  const METADATA = (addresses: string) =>
    `Programs that use fixed addresses connect to the real ${addresses}, not to the lab. Examples are the MongoDB drivers for C, C++, PHP, Go and Rust, and the Java driver without the AWS SDK.`;
  const AT_THESE =
    'Run the program with "fedctl sandbox --isolate" (Linux). The lab then responds at these addresses.';
  const EC2 = {
    code: 'lab.real-metadata',
    message: METADATA('169.254.169.254'),
    remedy: AT_THESE,
    command: null,
  };
  const SRV = {
    code: 'lab.names-unresolved',
    message:
      'Only fedctl resolves the mongodb+srv connection string of this lab. Other programs query the DNS server of the system, which cannot resolve the host names of the lab.',
    remedy:
      'Run the program with "fedctl sandbox --isolate" (Linux), or make the program use the DNS server in FEDCTL_DNS_SERVER.',
    command: null,
  };

  test.each([
    [['--as', 'ec2'], EC2, 'fedctl sandbox --as ec2 --isolate -- true'],
    [
      ['--as', 'ecs'],
      { ...EC2, message: METADATA('169.254.170.2 or 169.254.169.254') },
      'fedctl sandbox --as ecs --isolate -- true',
    ],
    [['--srv'], SRV, 'fedctl sandbox --srv --isolate -- true'],
  ])('is one warning: %j', async (options, { message, remedy }, command) => {
    const stderr = `warning: ${message}\n         ${remedy}\n         ${command}\n`;
    expect(await runBin(['sandbox', ...options, '--', 'true'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr,
    });
  });

  test.each(['lambda', 'eks', 'eks-pod-identity'])('is nothing as on %s', async (platform) => {
    expect(await runBin(['sandbox', '--as', platform, '--', 'true'])).toMatchObject({ code: 0, stderr: '' });
  });

  test('stands in the line of JSON', async () => {
    const { code, stdout, stderr } = await runBin(['sandbox', '--json', '--as', 'ec2', '--srv'], {
      watch: ({ stdout: seen }, kill) => {
        if (seen.endsWith('\n')) kill('SIGTERM');
      },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as { warnings: unknown };
    expect(schemaFaults('sandbox', document)).toEqual([]);
    expect(document.warnings).toEqual([EC2, SRV]);
  });
});

describe('fedctl sandbox', () => {
  test('says one line of JSON when it is ready, and ends with 0 when it is stopped', async () => {
    const lab = await runLab();
    expect(
      schemaFaults('sandbox', { schema: 'fedctl.sandbox/v1', env: lab.env, pid: lab.process.pid }),
    ).toEqual([]);
    expect(await lab.stop()).toBe(0);
    expect(existsSync(lab.env['AWS_CONFIG_FILE'] ?? '')).toBe(false);
  });

  test('prints lines to export, and ends with 0 on Ctrl-C', async () => {
    let asked = false;
    const { code, stdout, stderr } = await runBin(['sandbox'], {
      watch(seen, kill) {
        if (asked || !seen.stderr.includes('Ctrl-C stops the lab')) return;
        asked = true;
        kill('SIGINT');
      },
    });
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.replace(/=.*/, '=…'))).toEqual([
      'export AWS_ACCESS_KEY_ID=…',
      'export AWS_SECRET_ACCESS_KEY=…',
      'export AWS_REGION=…',
      'export AWS_EC2_METADATA_DISABLED=…',
      'export AWS_ENDPOINT_URL_STS=…',
      'export AWS_ENDPOINT_URL_IAM=…',
      'export AWS_CONFIG_FILE=…',
      'export AWS_SHARED_CREDENTIALS_FILE=…',
      'export FEDCTL_URI=…',
      'export FEDCTL_AUDIENCE=…',
      'export FEDCTL_ISSUER=…',
      'export FEDCTL_ATLAS_URL=…',
      'export MONGODB_ATLAS_OPS_MANAGER_URL=…',
      'export MONGODB_ATLAS_CLIENT_ID=…',
      'export MONGODB_ATLAS_CLIENT_SECRET=…',
      'export MONGODB_ATLAS_PUBLIC_API_KEY=…',
      'export MONGODB_ATLAS_PRIVATE_API_KEY=…',
      'export MONGODB_ATLAS_ORG_ID=…',
      'export MONGODB_ATLAS_PROJECT_ID=…',
      'export FEDCTL_SANDBOX_URL=…',
      'export FEDCTL_SANDBOX_TOKEN=…',
      '',
    ]);
    expect(stderr).toMatch(/^\nEndpoints\n {2}STS +http:\/\/127\.0\.0\.1:\d+\n {2}IAM +/);
  });

  test('--env-file writes them to a private file instead', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'lab.env');
    let asked = false;
    const { code, stdout } = await runBin(['sandbox', '--env-file', file], {
      watch(seen, kill) {
        if (asked || !seen.stderr.includes(`. ${file}`)) return;
        asked = true;
        kill('SIGTERM');
      },
    });
    expect({ code, stdout, mode: statSync(file).mode & 0o777 }).toEqual({ code: 0, stdout: '', mode: 0o600 });
    expect(readFileSync(file, 'utf8')).toMatch(/^export AWS_ACCESS_KEY_ID='AKIA[A-Z2-7]{16}'\n/);
  });

  test('a file for the variables in a directory that does not exist is refused by its option', async () => {
    const target = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'absent', 'lab.env');
    const { code, stdout, stderr } = await runBin(['sandbox', '--env-file', target, '--json', '--', 'true']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'usage.unwritable-output',
      message: `Cannot write "${target}": its directory does not exist.`,
      remedy: 'Choose another file with --env-file.',
      command: `mkdir -p ${dirname(target)}`,
    });
  });

  test('keeps FEDCTL_OUTPUT from a fedctl that the command runs', async () => {
    const { code, stdout } = await runBin(['sandbox', '--', 'fedctl', 'whoami'], {
      env: { FEDCTL_OUTPUT: 'json' },
    });
    expect(code).toBe(0);
    expect(stdout).toContain('  ARN          arn:aws:iam::123456789012:user/operator\n');
  });

  test('refuses a port that is taken, and one that is none', async () => {
    const lab = await runLab();
    const port = new URL(lab.env['FEDCTL_URI'] ?? '').port;
    const { code, stderr } = await runBin(['sandbox', '--mongo-port', port, '--', 'true']);
    await lab.stop();
    expect(code).toBe(2);
    expect(stderr).toMatch(/\ncode: {3}lab\.port-taken\n$/);
    expect(
      (await runBin(['sandbox', '--mongo-port', '70000'])).stderr,
    ).toBe(`error: Invalid --mongo-port "70000": expected a port from 1 to 65535.
cause:  The option does not accept this value.
remedy: Read the help of the command.
run:    fedctl sandbox --help
code:   usage.invalid-value
`);
  });
});
