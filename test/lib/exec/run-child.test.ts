import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { runChild } from '../../../src/lib/exec/run-child.ts';
import { memoryContext } from '../../support/memory-context.ts';

const env = { PATH: process.env.PATH };

async function codeOf(command: string, ...args: string[]): Promise<number> {
  const { code } = await runChild(memoryContext({ cwd: tmpdir() }), { command, args, env, stdio: 'ignore' });
  return code;
}

describe('a child', () => {
  test.each([
    ['exit 0', 0],
    ['exit 1', 1],
    ['exit 7', 7],
    ['kill -TERM $$', 143],
    ['kill -KILL $$', 137],
    ['kill -INT $$', 130],
  ])('that does `%s` ends with %i', async (script, code) => {
    expect(await codeOf('sh', '-c', script)).toBe(code);
  });

  test('that is not found ends with 127, one that is not executable with 126', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'fedctl-test-')), 'not-executable');
    writeFileSync(file, 'x', { mode: 0o600 });
    expect(await codeOf('no-such-command-of-fedctl')).toBe(127);
    expect(await codeOf(file)).toBe(126);
  });

  test('gets exactly the environment it is given', async () => {
    let seen = '';
    await runChild(memoryContext({ cwd: tmpdir() }), {
      command: 'env',
      args: [],
      env: { PATH: process.env.PATH, ONLY: 'this' },
      stdio: ['ignore', 'pipe', 'ignore'],
      started: (child) => child.stdout?.setEncoding('utf8').on('data', (chunk: string) => (seen += chunk)),
    });
    expect(seen).toBe(`PATH=${process.env.PATH}\nONLY=this\n`);
  });

  test.each([
    ['interrupted', 130],
    ['terminated', 143],
    ['hung-up', 129],
  ] as const)('is told when the run is %s', async (kind, code) => {
    const stop = new AbortController();
    const end = runChild(memoryContext({ cwd: tmpdir(), signal: stop.signal, input: '' }), {
      command: 'sh',
      args: ['-c', 'echo ready; exec sleep 60'],
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      started: (child) => child.stdout?.once('data', () => stop.abort(new Interruption(kind))),
    });
    expect(await end).toEqual({ code, failure: null });
  });

  test('that ignores the signal is killed after the grace', async () => {
    const stop = new AbortController();
    const context = memoryContext({ cwd: tmpdir(), signal: stop.signal, input: '', sleep: async () => {} });
    const end = runChild(context, {
      command: 'sh',
      args: ['-c', 'trap "" TERM; echo ready; exec tail -f /dev/null'],
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      started: (child) => child.stdout?.once('data', () => stop.abort(new Interruption('terminated'))),
    });
    expect(await end).toEqual({ code: 137, failure: null });
  });
});
