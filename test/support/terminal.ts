import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program on its own terminal. */
export interface Terminal {
  /** All output of the program, and the typed input when the terminal echoes. */
  readonly screen: () => string;
  /** The process ID of the program, which is the session leader of the terminal. */
  readonly pid: number;
  /** Resolves when the text appears after all texts of earlier waits; rejects when the program exits before. */
  shows(text: string): Promise<void>;
  /** Sends keyboard input. `\u0003` is Ctrl-C, which reaches all foreground processes. */
  type(keys: string): void;
  /** Sends a signal only to the program. */
  kill(signal: NodeJS.Signals): void;
  /** Closes the terminal, as closing a window does. */
  close(): void;
  /** The exit code of the program in shell format; null when the terminal was closed. */
  readonly ended: Promise<number | null>;
}

/**
 * Runs a program on a pseudo-terminal of 80 columns and 24 rows. Node.js cannot create a pseudo-terminal, so this uses
 * script(1) of util-linux, which every Debian has.
 *
 * @param env the complete environment, except for TERM and PATH
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
