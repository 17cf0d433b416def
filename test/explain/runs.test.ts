import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/commands/main.ts';
import { startLab } from '../../src/sandbox/lab.ts';
import type { Lab } from '../../src/sandbox/running-lab.ts';
import { enableLab } from '../../src/sandbox/scenarios/play.ts';
import { runInProcess } from '../support/in-process.ts';
import { LAB_OPTIONS } from '../support/lab-options.ts';
import { type MemoryContextOptions, memoryContext } from '../support/memory-context.ts';
import { startScriptedMongod } from '../support/scripted-mongod.ts';

/** Runs that provoke what no other test does. */
let lab: Lab;

beforeAll(async () => {
  lab = await startLab(LAB_OPTIONS);
  enableLab(lab);
});

afterAll(() => lab.close());

/** Ids and codes of the checks that failed. */
async function failed(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  world: MemoryContextOptions = {},
) {
  const typed = ['check', '--json', ...args];
  const { code, stdout, stderr } = await runInProcess(typed, { ...lab.env, ...env }, undefined, world);
  expect({ code, stderr }).toEqual({ code: 5, stderr: '' });
  const { targets } = JSON.parse(stdout) as {
    targets: { checks: { id: string; status: string; code: string | null }[] }[];
  };
  return targets
    .flatMap(({ checks }) => checks)
    .filter(({ status }) => status === 'fail')
    .map(({ id, code: why }) => [id, why]);
}

describe('check --negative', () => {
  test('finds a principal that mints for whomever it likes', async () => {
    expect(await failed(['--negative'])).toEqual([
      ['sts.foreign-audience', 'sts.audience-unrestricted'],
      ['sts.second-audience', 'sts.audience-unrestricted'],
    ]);
  });

  test('finds a cluster that takes the token of anybody', async () => {
    const server = await startScriptedMongod({});
    const found = await failed(['--negative'], { FEDCTL_URI: `mongodb://127.0.0.1:${server.port}/` });
    await server.close();
    expect(found).toContainEqual(['mongo.oidc.wrong-audience', 'mongo.audience-unchecked']);
  });
});

test('check --soak of a server that lets a session outlive its token has seen nothing', async () => {
  // Only this side's time passes: for the server no token ends.
  let slept = 0;
  const sleepless = {
    now: () => new Date(Date.now() + slept),
    sleep: async (ms: number) => {
      slept += ms;
    },
  };
  expect(await failed(['--soak', '3m'], {}, sleepless)).toEqual([
    ['mongo.oidc.soak', 'mongo.reauthentication-unseen'],
  ]);
});

test('a demo whose commands are broken says which', async () => {
  const context = memoryContext({ now: () => new Date(), self: [process.execPath, '-e', 'process.exit(7)'] });
  expect(await main(['demo', '--json'], context)).toBe(1);
  expect(JSON.parse(context.stderr.text)).toMatchObject({ error: { code: 'lab.demo-step-failed' } });
});
