import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runBin } from '../support/run-bin.ts';
import { schemaFaults } from '../support/schema.ts';

describe('fedctl demo', { timeout: 60_000 }, () => {
  test('runs every step, shows what to type, and leaves nothing behind', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'fedctl-test-'));
    const { code, stdout } = await runBin(['demo'], { env: { TMPDIR: directory } });
    expect(code).toBe(0);
    expect(stdout.split('\n').filter((line) => line.startsWith('$ '))).toEqual([
      '$ fedctl status',
      '$ fedctl enable',
      '$ fedctl status',
      '$ fedctl token --audience fedctl-lab --out token.jwt',
      '$ fedctl decode token.jwt',
      '$ fedctl verify token.jwt --audience fedctl-lab',
      '$ fedctl credentials',
      '$ fedctl connect --mechanism oidc --write-probe',
      '$ fedctl connect --mechanism aws --write-probe',
      '$ fedctl connect --mechanism oidc --audience some-other-audience',
    ]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('under json every step is in one document', async () => {
    const { code, stdout, stderr } = await runBin(['demo', '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const document = JSON.parse(stdout) as { steps: { exitCode: number; stderr: string }[] };
    expect(schemaFaults('demo', document)).toEqual([]);
    expect(document.steps.map((step) => step.exitCode)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 4]);
    expect(document.steps.at(-1)?.stderr).toContain('code:   mongo.oidc-refused');
  });

  test.each(['enable', 'verify', 'connect'])('fails when %s is broken', async (name) => {
    const preload = new URL('../support/break-command.mjs', import.meta.url).href;
    const { code, stderr } = await runBin(['demo'], {
      env: { BREAK_COMMAND: name, NODE_OPTIONS: `--import ${preload}` },
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(`^error: "fedctl ${name}[^"]*" exited with code 9 instead of 0\\.$`, 'm'),
    );
    expect(stderr).toMatch(/\ncode: {3}lab\.demo-step-failed\n$/);
  });
});
