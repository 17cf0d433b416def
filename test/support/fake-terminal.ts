import { PassThrough } from 'node:stream';
import { MemoryOutput } from './memory-context.ts';

/** A terminal in memory. Text that is written to `stdin` counts as typed. */
export interface FakeTerminal {
  readonly stdin: PassThrough & { readonly isTTY: boolean; readonly isRaw: boolean };
  readonly stderr: MemoryOutput;
}

export function fakeTerminal(): FakeTerminal {
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    isRaw: false,
    setRawMode(raw: boolean) {
      stdin.isRaw = raw;
      return stdin;
    },
  });
  return { stdin, stderr: new MemoryOutput({ isTTY: true, columns: 80 }) };
}

/** Waits until the terminal shows `text`, then types. */
export function typeWhenShown(terminal: FakeTerminal, text: string, keys: string): void {
  const look = () => {
    if (terminal.stderr.text.includes(text)) terminal.stdin.write(keys);
    else setImmediate(look);
  };
  look();
}
