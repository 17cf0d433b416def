import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';

describe('fedctl/sandbox', () => {
  test('a program logs in to a lab of its own process, closes it at once, and nothing keeps it', async () => {
    const program = fileURLToPath(new URL('../support/sandbox-client.mjs', import.meta.url));
    const env = { PATH: process.env.PATH, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { env });
    const { closedMs, startedMs, ...told } = JSON.parse(stdout) as {
      closedMs: number;
      startedMs: number[];
    };
    expect({ ...told, stderr }).toEqual({
      user: '<idpId>/arn:aws:iam::123456789012:user/operator',
      minted: true,
      left: [],
      stderr: '',
    });
    expect(closedMs).toBeLessThan(1000);
    // The fastest of five: what a machine does that has nothing else to do.
    expect(Math.min(...startedMs)).toBeLessThan(300);
  });

  test('gives a child what it needs, and leaves no file', async () => {
    const sandbox = await startSandbox({ as: 'lambda' });
    expect(sandbox.env['AWS_LAMBDA_FUNCTION_NAME']).toBe('lab-function');
    const inside = sandbox.inside({ AWS_PROFILE: 'production', KEPT: 'yes', PATH: process.env.PATH });
    expect(inside).toMatchObject({ KEPT: 'yes', ...sandbox.env });
    expect(inside['AWS_PROFILE']).toBeUndefined();
    const { stdout } = await promisify(execFile)('fedctl', ['connect', '--mechanism', 'oidc', '--json'], {
      env: inside,
    });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    expect(sandbox.log().at(-1)).toMatchObject({ hop: 'mongod', decision: 'allowed' });
    await sandbox.close();
    expect(existsSync(sandbox.env['AWS_CONFIG_FILE'] ?? '')).toBe(false);
  });

  test('federation is as it was told', async () => {
    for (const federation of [true, false]) {
      const sandbox = await startSandbox({ federation });
      const told = sandbox
        .log()
        .some(({ reason }) => reason.startsWith('the lab enabled outbound federation'));
      await sandbox[Symbol.asyncDispose]();
      expect(told).toBe(federation);
    }
  });
});
