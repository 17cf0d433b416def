import { describe, expect, test } from 'vitest';
import { Interruption } from '../../../src/lib/core/deadline.ts';
import { askHidden, askText, canAsk } from '../../../src/lib/render/prompt.ts';
import { type FakeTerminal, fakeTerminal, typeWhenShown } from '../../support/fake-terminal.ts';
import { MemoryOutput, memoryContext } from '../../support/memory-context.ts';

const QUESTION = 'Type the account id';
const NEVER = new AbortController().signal;
const COLOR = new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`);
const SHOW_CURSOR = '\u001b[?25h';

function ask(terminal: FakeTerminal, keys: string, signal = NEVER): Promise<string | null> {
  typeWhenShown(terminal, QUESTION, keys);
  return askText(QUESTION, { ...terminal, signal });
}

/** The terminal is as it was: cursor shown, no raw mode, nobody reads on. */
function expectTidy({ stdin, stderr }: FakeTerminal): void {
  expect(stderr.text.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(stderr.text.lastIndexOf('\u001b[?25l'));
  expect(stdin.isRaw).toBe(false);
  expect(stdin.isPaused()).toBe(true);
}

describe('askText', () => {
  test('returns what was typed, and asks without color', async () => {
    const terminal = fakeTerminal();
    expect(await ask(terminal, '1234\r')).toBe('1234');
    expect(terminal.stderr.text).toContain(QUESTION);
    expect(terminal.stderr.text).not.toMatch(COLOR);
    expectTidy(terminal);
  });

  test.each([
    ['Ctrl-D', '\u0004'],
    ['Ctrl-D after some text', '12\u0004'],
    ['Escape', '\u001b'],
  ])('%s leaves the question', async (_what, keys) => {
    const terminal = fakeTerminal();
    expect(await ask(terminal, keys)).toBeNull();
    expectTidy(terminal);
    expect(terminal.stdin.listenerCount('keypress')).toBe(0);
  });

  test('the end of the input leaves the question', async () => {
    const terminal = fakeTerminal();
    const answer = askText(QUESTION, { ...terminal, signal: NEVER });
    setImmediate(() => terminal.stdin.end());
    expect(await answer).toBeNull();
  });

  test('Ctrl-C interrupts', async () => {
    const terminal = fakeTerminal();
    await expect(ask(terminal, '12\u0003')).rejects.toEqual(new Interruption('interrupted'));
    expectTidy(terminal);
  });

  test('the signal of the run ends it with its own reason', async () => {
    const terminal = fakeTerminal();
    const controller = new AbortController();
    const reason = new Interruption('terminated');
    const answer = askText(QUESTION, { ...terminal, signal: controller.signal });
    setImmediate(() => controller.abort(reason));
    await expect(answer).rejects.toBe(reason);
    expectTidy(terminal);
  });

  test('a run that was stopped before asks nothing', async () => {
    const reason = new Interruption('interrupted');
    await expect(askText(QUESTION, { ...fakeTerminal(), signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});

test('a terminal that says it has no columns is asked in one line', async () => {
  const terminal = { ...fakeTerminal(), stderr: new MemoryOutput({ isTTY: true, columns: 0 }) };
  expect(await ask(terminal, '1234\r')).toBe('1234');
});

describe('askHidden', () => {
  const askCode = (terminal: FakeTerminal, keys: string) => {
    typeWhenShown(terminal, QUESTION, keys);
    return askHidden(QUESTION, { ...terminal, signal: NEVER }, (typed) =>
      /^\d{6}$/.test(typed.trim()) ? null : 'Expected six digits.',
    );
  };

  test('returns what was typed, and shows nothing of it', async () => {
    const terminal = fakeTerminal();
    const answer = await askCode(terminal, ' 314159 \r');
    expect(answer?.reveal()).toBe('314159');
    expect(terminal.stderr.text).toContain(QUESTION);
    expect(terminal.stderr.text).not.toMatch(/[0-9]{2}(?![0-9;]*[A-Za-z])/);
    expect(terminal.stderr.text).not.toMatch(COLOR);
    expectTidy(terminal);
  });

  test('says why an answer cannot be, and asks on', async () => {
    const terminal = fakeTerminal();
    typeWhenShown(terminal, 'Expected six digits.', '271828\r');
    expect((await askCode(terminal, '12ab\r'))?.reveal()).toBe('271828');
    expectTidy(terminal);
  });

  test.each([
    ['Ctrl-D', '\u0004'],
    ['Ctrl-D after some digits', '31\u0004'],
    ['Escape', '\u001b'],
  ])('%s leaves the question', async (_what, keys) => {
    const terminal = fakeTerminal();
    expect(await askCode(terminal, keys)).toBeNull();
    expectTidy(terminal);
  });

  test('Ctrl-C interrupts', async () => {
    const terminal = fakeTerminal();
    await expect(askCode(terminal, '31\u0003')).rejects.toEqual(new Interruption('interrupted'));
    expectTidy(terminal);
  });
});

test('nobody can be asked unless stdin and stderr are terminals', () => {
  expect(canAsk(fakeTerminal())).toBe(true);
  const { stdin, stderr } = fakeTerminal();
  expect(canAsk({ stdin, stderr: memoryContext().stderr })).toBe(false);
  expect(canAsk({ stdin: memoryContext({ input: '' }).stdin, stderr })).toBe(false);
});
