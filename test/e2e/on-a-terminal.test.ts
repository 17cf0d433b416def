import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '../../src/commands/program.ts';
import { BIN } from '../support/run-bin.ts';
import { type RunningLab, runLab } from '../support/running-lab.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

/** The output on a terminal with 80 columns. */

let lab: RunningLab;

beforeAll(async () => {
  lab = await runLab();
  expect((await lab.run(['enable', '--no-wait'])).code).toBe(0);
}, 60_000);

afterAll(() => lab.stop());

function open(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Terminal> {
  const variables = { HOME: '/nonexistent', ...lab.env, ...env };
  return openTerminal([process.execPath, '--', BIN, ...args], { cwd: '/', env: variables });
}

/** Returns the lines that remain on the screen, without the lines that a spinner cleared. */
function lines(terminal: Terminal): readonly string[] {
  const clear = '\u001b[0K';
  return terminal
    .screen()
    .split('\r\n')
    .map((line) => stripVTControlCharacters(line.split(clear).at(-1) ?? ''));
}

async function slowly<T>(hop: string, work: () => Promise<T>): Promise<T> {
  expect((await lab.run(['sandbox', 'set', '--slow', `${hop}=20s`])).code).toBe(0);
  try {
    return await work();
  } finally {
    expect((await lab.run(['sandbox', 'set', '--slow', `${hop}=0s`])).code).toBe(0);
  }
}

describe('a hop that does not answer', () => {
  test('is named by check with the seconds, and by Ctrl-C with what passed', async () => {
    await slowly('sts', async () => {
      const terminal = await open(['check']);
      await terminal.shows('aws.identity (1 s)');
      terminal.type('\u0003');
      expect(await terminal.ended).toBe(130);
      const shown = lines(terminal).join('\n');
      expect(shown).toMatch(/✓ aws\.region/);
      expect(shown).toMatch(/Interrupted\. Results so far: \d+ passed/);
      expect(shown).toMatch(/Pending: .*aws\.identity \(\d+ s\)/);
    });
  });

  test('is named by connect, and by Ctrl-C', async () => {
    await slowly('sts', async () => {
      const terminal = await open(['connect', '--mechanism', 'oidc']);
      await terminal.shows('Waiting for credential (1 s)');
      terminal.type('\u0003');
      expect(await terminal.ended).toBe(130);
      expect(lines(terminal).join('\n')).toMatch(
        /Interrupted\. Passed: resolve, tcp, tls, hello\.\nPending: credential\./,
      );
    });
  });

  test('is not named where nobody looks', async () => {
    const { code, stderr } = await lab.run(['check', '--timeout', '10s']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

test('a soak shows how long its token lives on', async () => {
  const terminal = await open(['check', '--soak', '61s']);
  await terminal.shows('mongo.oidc.soak (1 s), token expires in ');
  terminal.type('\u0003');
  expect(await terminal.ended).toBe(130);
});

describe('at 80 columns', () => {
  test.each([
    ['check', '--audience', 'wrong'],
    ['connect', '--mechanism', 'oidc', '--audience', 'wrong'],
    ['whoami'],
  ])('fedctl %s %s is wrapped by words, commands excepted', async (...args) => {
    const terminal = await open(args);
    await terminal.ended;
    const long = lines(terminal).filter((line) => line.length > 80 && !/^ *(run|next):/.test(line));
    expect(long).toEqual([]);
    expect(lines(terminal).length).toBeGreaterThan(5);
  });

  test.each(['', ...COMMANDS.map(({ name }) => name)])(
    'the help of fedctl %s fits, examples excepted',
    async (name) => {
      const terminal = await open([...(name === '' ? [] : [name]), '--help']);
      expect(await terminal.ended).toBe(0);
      expect(lines(terminal).filter((line) => line.length > 80 && !line.startsWith('  $ '))).toEqual([]);
      expect(lines(terminal).join('\n')).not.toContain('\n\n\n');
    },
  );
});

test('a locale without UTF-8 gets symbols of ASCII', async () => {
  const terminal = await open(['check', '--audience', 'wrong'], { LC_ALL: 'C' });
  expect(await terminal.ended).toBe(5);
  expect(terminal.screen()).not.toMatch(/[^\p{ASCII}]/u);
  expect(lines(terminal).join('\n')).toContain('x broken at atlas.identity-provider');
});
