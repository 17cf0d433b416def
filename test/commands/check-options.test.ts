import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { BUILT_IN_LAB } from '../../src/sandbox/description.ts';
import { type CheckLab, startCheckLab } from '../support/check-lab.ts';
import { runInProcess } from '../support/in-process.ts';

let lab: CheckLab;
let directory: string;

beforeAll(async () => {
  lab = await startCheckLab();
  directory = await mkdtemp(join(tmpdir(), 'fedctl-check-'));
});

afterAll(async () => {
  await lab[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function mintedToken(...args: readonly string[]): Promise<string> {
  const { code, stdout } = await runInProcess(['token', '--audience', 'fedctl-lab', ...args], lab.lab.env);
  expect(code).toBe(0);
  return stdout.trim();
}

async function tokenFile(text: string, mode = 0o600): Promise<string> {
  const file = join(directory, `token-${mode}-${text.length}`);
  await writeFile(file, text, { mode });
  return file;
}

function roleNamed(name: string): string {
  const role = lab.lab.world.roles.find((each) => each.name === name);
  if (role === undefined) throw new Error(`the lab has no role ${name}`);
  return role.arn;
}

describe('--mechanism', () => {
  test.each([
    ['oidc', ['mongo.oidc.login pass'], ['sts.mint pass', 'mongo.oidc.login pass']],
    ['aws', ['mongo.aws.login pass'], ['mongo.aws.login pass']],
    ['both', ['mongo.oidc.login pass', 'mongo.aws.login pass'], ['sts.mint pass', 'mongo.aws.login pass']],
  ] as const)('%s', async (mechanism, logins, among) => {
    const { code, path } = await lab.answer(['--mechanism', mechanism]);
    expect(code).toBe(0);
    expect(path.filter((each) => each.includes('.login'))).toEqual(logins);
    expect(path).toEqual(expect.arrayContaining([...among]));
    if (mechanism === 'aws') expect(path.some((each) => each.startsWith('sts.mint'))).toBe(false);
  });
});

describe('--role-arn', () => {
  test('checks the chain of the role', async () => {
    const { path, of } = await lab.answer(['--role-arn', roleNamed('app')]);
    expect(of('sts.role')).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/app\/fedctl-/),
    });
    // The role may not read the switch of the account, and need not: it has a token.
    expect(of('iam.federation')).toMatchObject({
      status: 'pass',
      detail: expect.stringMatching(/^STS mints tokens for account 123456789012, issuer http:/),
    });
    expect(of('sts.mint')?.detail).toContain('arn:aws:iam::123456789012:role/app for fedctl-lab');
    expect(path).toContain('issuer.discovery pass');
  });

  test('that may not read the switch of the account is no fault of the chain', async () => {
    const { code, of } = await lab.answer(['--role-arn', roleNamed('app')], { FEDCTL_AUDIENCE: undefined });
    expect(code).toBe(5);
    expect(of('sts.mint')).toMatchObject({ status: 'fail', code: 'usage.missing-audience' });
    expect(of('iam.federation')).toMatchObject({
      status: 'skip',
      code: 'iam.permission-missing',
      detail:
        'The principal lacks the permission iam:GetOutboundWebIdentityFederationInfo to read the federation setting. The check sts.mint shows whether STS mints tokens.',
    });
  });

  test('that cannot be assumed is where the chain breaks', async () => {
    const { code, document, of } = await lab.answer(['--role-arn', roleNamed('mfa')]);
    expect(code).toBe(5);
    expect(document.targets[0]?.firstFailure).toBe('sts.role');
    expect(of('sts.role')).toMatchObject({ status: 'fail', code: 'sts.assume-denied' });
    expect(of('sts.mint')).toMatchObject({ status: 'skip', detail: 'not run, because sts.role failed' });
    expect(of('mongo.hello')?.status).toBe('pass');
  });

  test('takes what its trust policy asks for', async () => {
    const args = ['--role-arn', roleNamed('etl')];
    expect((await lab.answer(args)).of('sts.role')?.code).toBe('sts.assume-denied');
    const { of } = await lab.answer([...args, '--external-id', 'lab-external-id', '--session-name', 'mine']);
    expect(of('sts.role')?.detail).toBe('arn:aws:sts::123456789012:assumed-role/etl/mine');
  });
});

describe('--token-file', () => {
  test('checks the token of a file, without AWS', async () => {
    const file = await tokenFile(await mintedToken());
    const { code, path, of } = await lab.answer(['--token-file', file]);
    expect(code).toBe(0);
    expect(path.filter((each) => /^(aws|iam|sts)/.test(each))).toEqual([]);
    expect(of('mongo.token-file')).toMatchObject({
      status: 'pass',
      detail: 'token of arn:aws:iam::123456789012:user/operator for fedctl-lab',
    });
    expect(path).toEqual(
      expect.arrayContaining(['jwt.signature pass', 'mongo.oidc.login pass', 'mongo.oidc.user pass']),
    );
  });

  test('reads stdin', async () => {
    const input = `${await mintedToken()}\n`;
    const { code, of } = await lab.answer(['--token-file', '-'], {}, { input });
    expect({ code, status: of('mongo.token-file')?.status }).toEqual({ code: 0, status: 'pass' });
  });

  test.each([
    ['a newline', (token: string) => tokenFile(`${token}\n`), 'mongo.token-file.white-space'],
    ['everybody may read', (token: string) => tokenFile(token, 0o644), 'mongo.token-file.world-readable'],
    ['half a token', (token: string) => tokenFile(token.slice(0, 30)), 'mongo.token-file-unusable'],
    ['no file', async () => join(directory, 'none'), 'mongo.token-file-unusable'],
  ])('that drivers could not use is where the chain breaks: %s', async (_what, write, failure) => {
    const token = await mintedToken();
    const file = await write(token);
    const { code, stdout } = await lab.check(['--token-file', file]);
    expect(code).toBe(5);
    expect(stdout).toContain('broken at mongo.token-file');
    expect(stdout).toContain(`fedctl explain ${failure}`);
    expect(stdout).not.toContain(token.slice(0, 30));
  });

  test('is for the audience that is expected, or the chain breaks at its claims', async () => {
    const file = await tokenFile(await mintedToken());
    const { code, document, of } = await lab.answer(['--token-file', file, '--audience', 'another']);
    expect({ code, first: document.targets[0]?.firstFailure }).toEqual({ code: 5, first: 'jwt.claims' });
    expect(of('jwt.claims')?.comparisons.filter(({ matches }) => !matches)).toEqual([
      expect.objectContaining({ what: 'aud', seen: 'fedctl-lab', expected: ['another'] }),
    ]);
    expect(of('mongo.oidc.login')?.status).toBe('skip');
  });
});

describe('--subject and --issuer', () => {
  test.each([
    ['--subject', '*:user/operator', 'pass'],
    ['--subject', 'arn:aws:iam::*:role/*', 'fail'],
    ['--issuer', 'https://another.example', 'fail'],
  ] as const)('%s %s: %s', async (option, value, status) => {
    const { of } = await lab.answer([option, value, '--only', 'jwt.claims']);
    expect(of('jwt.claims')?.status).toBe(status);
  });
});

describe('--privilege', () => {
  test.each(['insert@app', 'find@app.visits'])('%s is allowed', async (privilege) => {
    const { code, of } = await lab.answer(['--privilege', privilege]);
    expect({ code, detail: of('mongo.oidc.privileges')?.detail }).toEqual({ code: 0, detail: privilege });
  });

  test('what is not allowed breaks the chain', async () => {
    const args = ['--mechanism', 'both', '--privilege', 'insert@app', '--privilege', 'shutdown@admin'];
    const { code, document, of } = await lab.answer(args);
    expect({ code, first: document.targets[0]?.firstFailure }).toEqual({
      code: 5,
      first: 'mongo.oidc.privileges',
    });
    for (const id of ['mongo.oidc.privileges', 'mongo.aws.privileges']) {
      expect(of(id)).toMatchObject({ status: 'fail', code: 'mongo.unauthorized' });
      expect(of(id)?.detail).toMatch(
        / lacks the privileges shutdown@admin; its roles are readWriteAnyDatabase@admin\.$/,
      );
    }
  });
});

describe('--negative', () => {
  const ids = ['sts.foreign-audience', 'sts.second-audience', 'mongo.oidc.wrong-audience'];

  test('says that nothing holds an operator to its audience, and that the server does', async () => {
    const { code, document, of } = await lab.answer(['--negative']);
    expect({ code, first: document.targets[0]?.firstFailure }).toEqual({ code: 5, first: ids[0] });
    expect(ids.map((id) => `${of(id)?.status} ${of(id)?.code}`)).toEqual([
      'fail sts.audience-unrestricted',
      'fail sts.audience-unrestricted',
      'pass null',
    ]);
  });

  test('passes where the policy is tight, and says what then cannot be tried', async () => {
    const [account, ...accounts] = BUILT_IN_LAB.aws.accounts;
    const [user, ...users] = account?.users ?? [];
    if (account === undefined || user === undefined) throw new Error('the lab has nobody');
    const tight = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'iam:GetOutboundWebIdentityFederationInfo', Resource: '*' },
        {
          Effect: 'Allow',
          Action: 'sts:GetWebIdentityToken',
          Resource: '*',
          Condition: {
            'ForAllValues:StringEquals': { 'sts:IdentityTokenAudience': ['fedctl-lab'] },
            Null: { 'sts:IdentityTokenAudience': 'false' },
          },
        },
      ],
    };
    const held = { ...user, policies: { Tight: tight } };
    const description = {
      ...BUILT_IN_LAB,
      aws: { accounts: [{ ...account, users: [held, ...users] }, ...accounts] },
    };
    await using own = await startCheckLab({ description });
    const { code, of } = await own.answer(['--negative']);
    expect(ids.map((id) => `${of(id)?.status} ${of(id)?.detail}`)).toEqual([
      'pass denied, as expected',
      'pass denied, as expected',
      'skip an AWS policy denies a token for a different audience, so the cluster cannot be tested',
    ]);
    expect(code).toBe(0);
  });

  test('is not asked for by the environment', async () => {
    const { of } = await lab.answer([], { FEDCTL_NEGATIVE: '1' });
    expect(of('sts.foreign-audience')).toBeUndefined();
  });
});

describe('--warn-expiry and --fail-on', () => {
  test('a token file that ends soon warns, and fails with --fail-on warn', async () => {
    const file = await tokenFile(await mintedToken('--duration', '120s'));
    const args = ['--token-file', file, '--warn-expiry', '10m'];
    const warned = await lab.answer(args);
    expect(warned.code).toBe(0);
    expect(warned.document).toMatchObject({ ok: true, targets: [{ ok: true, firstFailure: null }] });
    expect(warned.of('mongo.token-file')).toMatchObject({
      status: 'warn',
      code: null,
      detail: expect.stringMatching(
        /^The token expires in .*: the program that renews the token file is late\.$/,
      ),
      remedy: 'Find out why the program that writes the token file did not renew the token.',
    });
    const failed = await lab.answer([...args, '--fail-on', 'warn']);
    expect(failed.code).toBe(5);
    expect(failed.document).toMatchObject({ ok: false, targets: [{ ok: false, firstFailure: null }] });
    expect((await lab.check([...args, '--fail-on', 'warn'])).code).toBe(5);
    expect(
      (await lab.answer(['--token-file', file, '--warn-expiry', '60s'])).of('mongo.token-file'),
    ).toMatchObject({ status: 'pass' });
  });

  test('session credentials that end soon warn', async () => {
    const { stdout } = await runInProcess(
      ['credentials', '--role-arn', roleNamed('app'), '--duration', '15m', '--json'],
      lab.lab.env,
    );
    const keys = JSON.parse(stdout) as Record<string, string>;
    const config = join(directory, 'credential-process');
    const answer = {
      Version: 1,
      AccessKeyId: keys['accessKeyId'],
      SecretAccessKey: keys['secretAccessKey'],
      SessionToken: keys['sessionToken'],
      Expiration: keys['expiresAt'],
    };
    await writeFile(`${config}.json`, JSON.stringify(answer));
    await writeFile(config, `[default]\nregion = eu-central-1\ncredential_process = cat ${config}.json\n`);
    const env = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined, AWS_CONFIG_FILE: config };
    const args = ['--only', 'aws.credentials', '--warn-expiry', '1h'];
    const { of } = await lab.answer(args, { ...env, AWS_SHARED_CREDENTIALS_FILE: '/nonexistent' });
    expect(of('aws.credentials')).toMatchObject({
      status: 'warn',
      detail: expect.stringMatching(/^The credentials expire in 1[45] min.*credential_process/),
    });
  });
});

describe('--timeout', () => {
  test('bounds each step', async () => {
    lab.lab.controls.slow('sts', 60_000);
    try {
      const { code, of } = await lab.answer(['--timeout', '1s', '--skip', 'aws.clock']);
      expect(code).toBe(5);
      expect(of('aws.identity')).toMatchObject({ status: 'fail', code: expect.stringMatching(/^aws\./) });
      expect(of('mongo.hello')?.status).toBe('pass');
    } finally {
      lab.lab.controls.slow('sts', 0);
    }
  });
});

describe('--quiet and --verbose', () => {
  test.each(['--quiet', '--verbose'])('%s leaves the answer as it is', async (option) => {
    const { code, stdout, stderr } = await lab.check([option]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('✓ the chain works: 24 passed, 1 skipped');
  });
});

test.each([
  ['--retry', 'x', 'expected a number from 0 to 100'],
  ['--retry', '101', 'expected a number from 0 to 100'],
  ['--wait', 'soon', 'expected a duration such as 90s, 5m or 1h'],
  ['--warn-expiry', 'x', 'expected a duration such as 90s, 5m or 1h'],
  ['--soak', 'x', 'expected a duration such as 90s, 5m or 1h'],
  ['--fail-on', 'skip', 'expected fail, warn'],
])('%s %s is refused', async (option, value, expected) => {
  const { code, stdout, stderr } = await lab.check([option, value]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`error: Invalid ${option} "${value}": ${expected}`);
});
