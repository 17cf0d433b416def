import { once } from 'node:events';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { runBin } from '../support/run-bin.ts';
import { runLab } from '../support/running-lab.ts';

let directory: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'state');
});

const COUNT = 'fedctl connect --mechanism aws --write-probe --json >/dev/null && fedctl status --json';

describe('fedctl sandbox --state', () => {
  test('keeps accounts, keys and data, in a file that only their owner may read', async () => {
    const first = await runLab('--state', directory);
    await first.run(['enable', '--no-wait']);
    await first.run(['sandbox', 'set', '--rotate-keys']);
    const jwks = async (env: Readonly<Record<string, string>>) =>
      await (await fetch(`${env['FEDCTL_ISSUER']}/.well-known/jwks.json`)).json();
    const keys = await jwks(first.env);
    expect(await first.stop()).toBe(0);
    const file = join(directory, 'state.json');
    expect([statSync(directory).mode & 0o777, statSync(file).mode & 0o777]).toEqual([0o700, 0o600]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ usedBy: null });

    const second = await runLab('--state', directory);
    expect(second.env['AWS_ACCESS_KEY_ID']).toBe(first.env['AWS_ACCESS_KEY_ID']);
    expect(second.env['AWS_SECRET_ACCESS_KEY']).toBe(first.env['AWS_SECRET_ACCESS_KEY']);
    expect(await jwks(second.env)).toEqual(keys);
    expect(JSON.stringify(keys)).toContain('RSA_1');
    expect(JSON.stringify(keys)).not.toContain('"d"');
    expect(JSON.parse((await second.run(['status', '--json'])).stdout)).toMatchObject({ state: 'enabled' });
    expect((await second.run(['connect', '--mechanism', 'oidc'])).code).toBe(0);
    await second.stop();
  });

  test('keeps the documents, and loads those of the configuration once', async () => {
    const config = join(directory, '..', 'sandbox.yaml');
    writeFileSync(config, 'data: { app.visits: [{ _id: 1 }] }\n');
    const once = await runBin(['sandbox', '--state', directory, '--config', config, '--', 'sh', '-c', COUNT]);
    expect(once.code).toBe(0);
    const again = await runBin(['sandbox', '--state', directory, '--config', config, '--', 'true']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const { data } = JSON.parse(readFileSync(join(directory, 'state.json'), 'utf8')) as { data: object };
    expect(data).toMatchObject({ 'app.visits': [{ _id: { $numberInt: '1' } }] });
  });

  test('is used by one lab at a time', async () => {
    const lab = await runLab('--state', directory);
    const { code, stderr } = await runBin(['sandbox', '--state', directory, '--', 'true']);
    await lab.stop();
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: The lab at ${lab.env['FEDCTL_SANDBOX_URL']} is running and uses the state in ${directory}.
cause:  A lab that was started with the same --state directory is still running.
remedy: Stop the other lab: run "fedctl sandbox stop" in a shell that has the environment variables of the other lab.
code:   lab.state-in-use
`,
    });
  });

  test('of a lab that ended without a word is told, and used', async () => {
    const lab = await runLab('--state', directory);
    lab.process.kill('SIGKILL');
    await once(lab.process, 'exit');
    const script = 'echo $AWS_ACCESS_KEY_ID';
    const { code, stdout, stderr } = await runBin([
      'sandbox',
      '--state',
      directory,
      '--',
      'sh',
      '-c',
      script,
    ]);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: `${lab.env['AWS_ACCESS_KEY_ID']}\n`,
      stderr: `warning: The lab that used ${directory} was killed. Changes made after its start are lost.\n`,
    });
  });

  test.each([
    ['no JSON', 'x', 0o600, 'it is not JSON'],
    ['of something else', '{"schema":"other/v1"}', 0o600, 'the format does not match this version of fedctl'],
    ['open to others', '{}', 0o644, 'other users can read it'],
  ])('that is %s is refused', async (_what, text, mode, reason) => {
    directory = join(directory, '..');
    const file = join(directory, 'state.json');
    writeFileSync(file, text, { mode });
    const { code, stdout, stderr } = await runBin([
      'sandbox',
      '--state',
      directory,
      '--json',
      '--',
      'echo',
      'x',
    ]);
    expect({ code, stdout, error: JSON.parse(stderr).error }).toMatchObject({
      code: 2,
      stdout: '',
      error: { code: 'lab.state-invalid', message: `Invalid lab state ${file}: ${reason}.` },
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});
