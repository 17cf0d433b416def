import { spawn } from 'node:child_process';
import { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from '../../src/lib/core/context.ts';
import { Redactor } from '../../src/lib/core/redactor.ts';
import { ServerClocks } from '../../src/lib/core/server-clocks.ts';

/** A stream that stores its output. */
export class MemoryOutput extends Writable {
  text = '';
  readonly isTTY: boolean;
  readonly columns: number;

  constructor({ isTTY = false, columns = 100 } = {}) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  /** The terminal methods that a spinner needs. They do nothing, because no test reads the cursor position. */
  cursorTo(): boolean {
    return true;
  }

  clearLine(): boolean {
    return true;
  }

  moveCursor(): boolean {
    return true;
  }

  override _write(chunk: Buffer | string, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface MemoryContextOptions extends Partial<Omit<Context, 'stdin' | 'stdout' | 'stderr'>> {
  /** The content of stdin; if missing, stdin is a terminal without input. */
  readonly input?: string;
  /** True when stdout and stderr are terminals. */
  readonly terminal?: boolean;
}

export interface MemoryContext extends Context {
  readonly stdout: MemoryOutput;
  readonly stderr: MemoryOutput;
}

function notGiven(what: string) {
  return () => {
    throw new Error(`the test gave no ${what}`);
  };
}

/** A Context in memory. Access to a part that the test does not set throws, so tests cannot reach real services. */
export function memoryContext({
  input,
  terminal = false,
  now = () => new Date('2026-11-22T12:00:00Z'),
  fetch = notGiven('fetch'),
  ...given
}: MemoryContextOptions = {}): MemoryContext {
  const stdin = Object.assign(Readable.from(input === undefined ? [] : [Buffer.from(input)]), {
    isTTY: input === undefined,
  });
  const clocks = new ServerClocks(now);
  return {
    env: {},
    cwd: '/nowhere',
    home: '/nowhere',
    version: '0.0.0-test',
    self: [process.execPath, 'bin/fedctl.js'],
    pid: process.pid,
    now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    fetch: clocks.recording(fetch),
    clocks,
    redactor: new Redactor(),
    signal: new AbortController().signal,
    passSignals: () => () => {},
    spawn: (command, args, options) => spawn(command, args, options),
    resolver: { addresses: notGiven('resolver'), srv: notGiven('resolver'), txt: notGiven('resolver') },
    load: async () => {},
    aws: notGiven('AWS'),
    mongo: notGiven('MongoDB'),
    atlas: notGiven('Atlas'),
    ...given,
    stdin,
    stdout: new MemoryOutput({ isTTY: terminal }),
    stderr: new MemoryOutput({ isTTY: terminal }),
  };
}
