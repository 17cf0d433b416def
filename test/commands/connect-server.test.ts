import { describe, expect, test } from 'vitest';
import { runBin } from '../support/run-bin.ts';
import { runLab } from '../support/running-lab.ts';

/** How `fedctl connect` ends in a lab: the code of its failure, or `in`. */
async function connectIn(lab: readonly string[], connect: readonly string[]): Promise<unknown> {
  const running = await runLab(...lab);
  try {
    expect((await running.run(['enable', '--quiet'])).code).toBe(0);
    const { code, stderr } = await running.run(['connect', '--json', ...connect]);
    if (code === 0) return 'in';
    const { error } = JSON.parse(stderr) as { error: { code: string } };
    return error.code;
  } finally {
    await running.stop();
  }
}

describe('the server that the lab plays', { timeout: 60_000 }, () => {
  test.each([
    ['--server-version=7.0', '--signing-algorithm=RS256', 'mongo.oidc-refused'],
    ['--server-version=8.0', '--signing-algorithm=ES384', 'mongo.oidc-refused'],
    ['--server-version=9.0', '--signing-algorithm=ES384', 'in'],
    ['--auth-error=atlas', '--audience=another', 'mongo.atlas-auth-error'],
    // The driver needs one connection to watch the server and one to log in.
    ['--max-connections=1', '--timeout=2s', expect.stringMatching(/^mongo\./)],
  ])('%s, connect %s: %s', async (server, connect, end) => {
    expect(await connectIn([server], [connect])).toEqual(end);
  });
});

test.each(['0', '-1', 'many', '1000000'])('--max-connections %s is none', async (given) => {
  const { code, stdout, stderr } = await runBin([
    'sandbox',
    `--max-connections=${given}`,
    '--',
    'echo',
    'ran',
  ]);
  expect({ code, stdout, stderr }).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining(
      `Invalid --max-connections "${given}": expected a number from 1 to 999999.`,
    ),
  });
});
