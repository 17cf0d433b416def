import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BIN, runBin } from '../support/run-bin.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';

/** Signals on a terminal after a spinner has run. The terminal sends Ctrl-C to child processes too. */

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-terminal-'));
  mkdirSync(join(directory, 'tmp'));
});

afterEach(() => rmSync(directory, { recursive: true }));

function open(...command: readonly string[]): Promise<Terminal> {
  return openTerminal(command, {
    cwd: directory,
    env: { HOME: '/nonexistent', TMPDIR: join(directory, 'tmp') },
  });
}

const fedctl = (...args: readonly string[]) => open(process.execPath, '--', BIN, ...args);

const leftBehind = () => readdirSync(join(directory, 'tmp'));

function savedState(): unknown {
  const { usedBy, accounts } = JSON.parse(readFileSync(join(directory, 'lab', 'state.json'), 'utf8')) as {
    usedBy: unknown;
    accounts: Record<string, { federation: boolean }>;
  };
  return { usedBy, enabled: Object.values(accounts).some(({ federation }) => federation) };
}

/** Starts a lab with --state and then changes its state. */
async function changedLab(): Promise<Terminal> {
  const terminal = await fedctl('sandbox', '--state', 'lab', '--env-file', 'lab.env');
  await terminal.shows('Ctrl-C stops the lab');
  const exports = readFileSync(join(directory, 'lab.env'), 'utf8').matchAll(/^export (\w+)='(.*)'$/gm);
  const env = Object.fromEntries([...exports].map(([, name, value]) => [name ?? '', value]));
  expect((await runBin(['enable', '--no-wait'], { env })).code).toBe(0);
  return terminal;
}

const SIGNALS: readonly [string, (terminal: Terminal) => void, number][] = [
  ['Ctrl-C', (terminal) => terminal.type('\u0003'), 130],
  ['SIGTERM', (terminal) => terminal.kill('SIGTERM'), 143],
  // Ctrl-\\ of a terminal.
  ['SIGQUIT', (terminal) => terminal.kill('SIGQUIT'), 143],
  ['SIGHUP', (terminal) => terminal.kill('SIGHUP'), 129],
];

describe.each(SIGNALS)('%s', (_name, send, code) => {
  test('ends a lab, which saves its state and leaves no directory behind', async () => {
    const terminal = await changedLab();
    send(terminal);
    expect(await terminal.ended).toBe(0);
    expect({ state: savedState(), left: leftBehind() }).toEqual({
      state: { usedBy: null, enabled: true },
      left: [],
    });
  });

  test('ends the demo, which leaves no directory behind', async () => {
    const terminal = await fedctl('demo');
    await terminal.shows('$ fedctl status');
    send(terminal);
    expect({ code: await terminal.ended, left: leftBehind() }).toEqual({ code, left: [] });
  });

  test('reaches the child once, which may clean up, and whose exit code counts', async () => {
    const script = `
      trap 'echo cleaning; echo cleaned; exit 3' INT TERM HUP
      echo ready
      while :; do sleep 0.1; done`;
    const terminal = await fedctl('sandbox', '--', 'sh', '-c', script);
    await terminal.shows('ready\r\n');
    send(terminal);
    expect({ code: await terminal.ended, left: leftBehind() }).toEqual({ code: 3, left: [] });
    expect(terminal.screen().match(/clean(?:ing|ed)/g)).toEqual(['cleaning', 'cleaned']);
  });
});

test('a signal that npm or timeout(1) passes on a second time is not a second one', async () => {
  const terminal = await fedctl('sandbox');
  await terminal.shows('Ctrl-C stops the lab');
  terminal.type('\u0003');
  terminal.kill('SIGINT');
  expect({ code: await terminal.ended, left: leftBehind() }).toEqual({ code: 0, left: [] });
});

test('a second Ctrl-C ends the process at once, with the cursor on the screen', async () => {
  const script = 'trap "echo busy" INT; echo ready; while :; do sleep 0.1; done';
  const terminal = await fedctl('sandbox', '--', 'sh', '-c', script);
  await terminal.shows('ready\r\n');
  terminal.type('\u0003');
  await terminal.shows('busy');
  // A Ctrl-C that follows the first too soon does not count as the second.
  const typing = setInterval(() => terminal.type('\u0003'), 20);
  expect(await terminal.ended).toBe(130);
  clearInterval(typing);
  expect(
    terminal
      .screen()
      .match(/\[\?25[lh]/g)
      ?.at(-1),
  ).toBe('[?25h');
});

test('a lab whose window is closed saves its state and leaves no directory behind', async () => {
  const terminal = await changedLab();
  terminal.close();
  await vi.waitFor(
    () =>
      expect({ state: savedState(), left: leftBehind() }).toEqual({
        state: { usedBy: null, enabled: true },
        left: [],
      }),
    { timeout: 20_000 },
  );
});

test('a lab that was started with --detach outlives the window', async () => {
  const start = '"$@" && echo up && exec sleep 60';
  const args = ['sandbox', '--detach', '--json'];
  const terminal = await open('sh', '-c', start, 'sh', process.execPath, '--', BIN, ...args);
  await terminal.shows('up\r\n');
  const { env } = JSON.parse(/\{.*\}/.exec(terminal.screen())?.[0] ?? '') as { env: Record<string, string> };
  terminal.close();
  await terminal.ended;
  expect((await runBin(['sandbox', 'status', '--json'], { env })).code).toBe(0);
  expect((await runBin(['sandbox', 'stop'], { env })).stdout).toBe('The lab is stopped.\n');
});
