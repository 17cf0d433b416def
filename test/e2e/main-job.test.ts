import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { screen } from '../support/golden.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { schemaFaults } from '../support/schema.ts';

/**
 * Tests the main tasks with the real binary in a lab of the real binary: in every output format, with and
 * without TLS.
 */
describe.each([
  ['a standalone without TLS', []],
  ['a replica set under TLS', ['--tls', '--replica-set', 'rs0']],
])('the main job on %s', (_name, options) => {
  let lab: RunningLab;
  let directory: string;

  beforeAll(async () => {
    lab = await runLab(...options);
    directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
  });

  afterAll(async () => {
    expect(await lab.stop()).toBe(0);
    rmSync(directory, { recursive: true });
  });

  /**
   * Runs a command with --json that must succeed, with no output on stderr and a document that matches its
   * schema.
   */
  async function answer(schema: string, ...args: string[]): Promise<Record<string, unknown>> {
    const { code, stdout, stderr } = await lab.run([...args, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as Record<string, unknown>;
    expect(schemaFaults(schema, document)).toEqual([]);
    return document;
  }

  test('status, enable twice, status', async () => {
    expect(await answer('status', 'status')).toMatchObject({ state: 'disabled', account: '123456789012' });
    expect(await answer('enable', 'enable')).toMatchObject({
      changed: true,
      issuer: lab.env['FEDCTL_ISSUER'],
    });
    expect(await answer('enable', 'enable')).toMatchObject({
      changed: false,
      issuer: lab.env['FEDCTL_ISSUER'],
    });
    expect(await answer('status', 'status', '--require', 'enabled')).toMatchObject({
      state: 'enabled',
      issuer: lab.env['FEDCTL_ISSUER'],
    });
  });

  test('whoami', async () => {
    expect(await answer('whoami', 'whoami')).toMatchObject({
      account: '123456789012',
      arn: 'arn:aws:iam::123456789012:user/operator',
    });
  });

  test('a token is the only thing on stdout, and decode and verify take it from a pipe', async () => {
    const { code, stdout, stderr } = await lab.run(['token', '--audience', 'x']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const verified = await lab.run(['verify', '-', '--audience', 'x'], { input: stdout });
    expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' });
    const tampered = stdout.replace(/\.(.)/, (_all, first) => `.${first === 'e' ? 'f' : 'e'}`);
    expect((await lab.run(['verify', '-', '--audience', 'x'], { input: tampered })).code).toBe(5);
    expect((await lab.run(['decode'], { input: stdout })).code).toBe(0);
  });

  test('documents of token, decode, verify and credentials fit their schemas', async () => {
    const token = await answer(
      'token',
      'token',
      '--duration',
      '10m',
      '--tag',
      'team=data',
      '--signing-algorithm',
      'ES384',
    );
    expect(token).toMatchObject({
      issuer: lab.env['FEDCTL_ISSUER'],
      subject: 'arn:aws:iam::123456789012:user/operator',
      audience: ['fedctl-lab'],
      algorithm: 'ES384',
      keyId: 'EC384_0',
    });
    expect(Number(token['expiresAtEpoch']) - Number(token['issuedAtEpoch'])).toBe(600);
    const file = join(directory, 'token.jwt');
    expect(await lab.run(['token', '--out', file])).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8')).not.toMatch(/\s/);
    await answer('decode', 'decode', file);
    expect(await answer('verify', 'verify', file)).toMatchObject({ valid: true, faults: [] });
    expect(await answer('credentials', 'credentials')).toMatchObject({ operation: 'GetSessionToken' });
    expect(await answer('credentials', 'credentials', '--profile', 'app')).toMatchObject({
      arn: expect.stringMatching(/^arn:aws:sts::123456789012:assumed-role\/app\//),
    });
  });

  test('a role of another name, and one with a path, speak for themselves', async () => {
    const etl = [
      '--role-arn',
      'arn:aws:iam::123456789012:role/team/data/etl',
      '--external-id',
      'lab-external-id',
    ];
    expect(await answer('token', 'token', ...etl)).toMatchObject({
      subject: 'arn:aws:iam::123456789012:role/team/data/etl',
    });
    const refused = await lab.run(['token', ...etl.slice(0, 2)]);
    expect(refused.code).toBe(4);
    expect(refused.stderr).toContain('code:   sts.assume-denied');
  });

  test('connect logs in by both mechanisms and writes, finds and deletes', async () => {
    const document = await answer(
      'connect',
      'connect',
      '--mechanism',
      'both',
      '--write-probe',
      'probes.here',
    );
    expect(document).toMatchObject({
      ok: true,
      mechanisms: [
        {
          name: 'MONGODB-OIDC',
          ok: true,
          user: expect.stringMatching(/^[0-9a-f]{24}\/arn:aws:iam::123456789012:user\/operator$/),
        },
        { name: 'MONGODB-AWS', ok: true, user: 'arn:aws:iam::123456789012:user/operator' },
      ],
    });
  });

  test('connect with a token file, and as a role', async () => {
    const file = join(directory, 'token.jwt');
    expect(await answer('connect', 'connect', '--token-file', file)).toMatchObject({ ok: true });
    const app = ['--role-arn', 'arn:aws:iam::123456789012:role/app'];
    expect(await answer('connect', 'connect', '--mechanism', 'aws', ...app)).toMatchObject({
      mechanisms: [{ user: 'arn:aws:iam::123456789012:role/app' }],
    });
  });

  test('a refusal under json is one document on stderr that holds no token', async () => {
    const { code, stdout, stderr } = await lab.run(['connect', '--audience', 'another', '--json']);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    const document = JSON.parse(stderr) as { error: { code: string } };
    expect(schemaFaults('error', document)).toEqual([]);
    expect(document.error.code).toBe('mongo.oidc-refused');
    expect(stderr).not.toContain('eyJ');
  });

  test('disable twice, and then nothing is minted', async () => {
    expect(await answer('disable', 'disable', '--yes')).toMatchObject({ changed: true });
    expect(await answer('disable', 'disable', '--yes')).toMatchObject({ changed: false });
    expect((await lab.run(['token'])).code).toBe(3);
    expect((await lab.run(['status', '--require', 'enabled'])).code).toBe(3);
    expect((await lab.run(['status', '--require', 'enabled', '--profile', 'no-mint'])).code).toBe(4);
  });
});

test('what the three commands the user named look like', async () => {
  const lab = await runLab();
  const typed = [
    ['enable'],
    ['status'],
    ['whoami'],
    ['credentials'],
    ['connect', '--mechanism', 'oidc', '--write-probe'],
    ['connect', '--mechanism', 'aws'],
    ['disable', '--yes'],
  ];
  const screens: string[] = [];
  for (const args of typed) screens.push(screen(args, await lab.run(args)));
  await lab.stop();
  await expect(screens.join('\n')).toMatchFileSnapshot('golden/main-job.golden');
});
