import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CheckLab, startCheckLab } from '../support/check-lab.ts';
import { runInProcess } from '../support/in-process.ts';

let lab: CheckLab;

beforeAll(async () => {
  lab = await startCheckLab();
});

afterAll(() => lab[Symbol.asyncDispose]());

const run = (args: readonly string[], actions: string | undefined) =>
  runInProcess(args, { ...lab.lab.env, GITHUB_ACTIONS: actions });

test.each([[[]], [['--json']], [['--format', 'header']]])(
  'under GITHUB_ACTIONS the runner masks a token before it is printed: %j',
  async (more) => {
    const { code, stdout, stderr } = await run(['token', ...more], 'true');
    const [token = ''] = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(stdout) ?? [];
    expect({ code, stderr }).toEqual({ code: 0, stderr: `::add-mask::${token}\n` });
  },
);

test('the secrets of a session are masked, too', async () => {
  const { stdout, stderr } = await run(['credentials', '--profile', 'app', '--json'], 'true');
  const { secretAccessKey, sessionToken } = JSON.parse(stdout);
  expect(stderr).toBe(`::add-mask::${secretAccessKey}\n::add-mask::${sessionToken}\n`);
});

test('nothing is masked elsewhere', async () => {
  expect((await run(['token'], undefined)).stderr).toBe('');
});
