import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program on a terminal of its own. */
export interface Terminal {
  /** Everything that the program has printed, and what was typed where the terminal echoes. */
  readonly screen: () => string;
  /** Of the program itself, which leads the session of the terminal. */
  readonly pid: number;
  /** Resolves when the text was printed after everything that was waited for before; rejects when the program ends first. */
  shows(text: string): Promise<void>;
  /** Types as a keyboard does: `\u0003` is Ctrl-C, for all programs in the foreground. */
  type(keys: string): void;
  /** Sends a signal to the program alone. */
  kill(signal: NodeJS.Signals): void;
  /** Takes the terminal away, as the closing of a window does. */
  close(): void;
  /** The exit code of the program as a shell tells it; null when the terminal was taken away. */
  readonly ended: Promise<number | null>;
}

/**
 * Runs a program on a pseudo-terminal of 80 columns and 24 rows. Node.js cannot make one: script(1) of util-linux does,
 * which every Debian has.
 *
 * @param env the whole environment but for TERM and PATH
 */
export async function openTerminal(
  command: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Terminal> {
  const typed = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const line = `stty cols 80 rows 24 && echo "pid $$" && exec ${typed}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let screen = '';
  let shown = 0;
  let look = () => {};
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    screen += chunk;
    look();
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close').then(([code]) => code as number | null);
  const shows = (text: string) =>
    new Promise<void>((resolve, reject) => {
      look = () => {
        const at = screen.indexOf(text, shown);
        if (at < 0) return;
        shown = at + text.length;
        resolve();
      };
      ended.then((code) => reject(new Error(`ended with ${code} before it showed "${text}":\n${screen}`)));
      look();
    });
  await shows('pid ');
  await shows('\n');
  const pid = Number(/pid (\d+)/.exec(screen)?.[1]);
  return {
    screen: () => screen,
    pid,
    shows,
    type: (keys) => child.stdin.write(keys),
    kill: (signal) => process.kill(pid, signal),
    close: () => child.kill('SIGKILL'),
    ended,
  };
}
