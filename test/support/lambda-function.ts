import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const HARNESS = (name: string) => fileURLToPath(new URL(`lambda/${name}`, import.meta.url));

/** A handler in its own warm process: each invocation sees the memory state of the previous one. */
export interface LambdaFunction {
  invoke(event: unknown): Promise<unknown>;
  /** The standard error of the process. */
  log(): string;
  stop(): Promise<void>;
}

export interface Code {
  /** The interpreter and its test harness. */
  readonly command: readonly string[];
  /** The module with the handler: a name in `directory` for Python, a file for Node.js. */
  readonly module: string;
  readonly directory: string;
}

export const pythonCode = (python: string, directory: string, module: string): Code => ({
  command: [python, HARNESS('invoke.py')],
  module,
  directory,
});

export const nodeCode = (directory: string, module: string): Code => ({
  command: [process.execPath, HARNESS('invoke.mjs')],
  module,
  directory,
});

/** Starts a function with exactly this environment. */
export function startFunction(
  { command: [program = '', ...harness], module, directory }: Code,
  env: Readonly<Record<string, string | undefined>>,
): LambdaFunction {
  const child = spawn(program, [...harness, module], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      PYTHONPATH: directory,
      PYTHONDONTWRITEBYTECODE: '1',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  child.stdin.on('error', () => {});
  const lines = createInterface(child.stdout);
  const closed = once(child, 'close');
  return {
    async invoke(event) {
      const answered = Promise.race([
        once(lines, 'line').then(([line]) => JSON.parse(String(line)) as unknown),
        closed.then(() => Promise.reject(new Error(`the function ended:\n${log}`))),
      ]);
      child.stdin.write(`${JSON.stringify(event)}\n`);
      return answered;
    },
    log: () => log,
    async stop() {
      if (child.exitCode !== null) return;
      child.kill();
      await closed;
    },
  };
}
