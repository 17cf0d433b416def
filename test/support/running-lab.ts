import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { BIN, type BinOptions, type BinResult, runBin } from './run-bin.ts';

/** A lab that the real binary starts, in which the tests run the real binary. */
export interface RunningLab {
  readonly env: Readonly<Record<string, string>>;
  readonly process: ChildProcess;
  /** Runs `fedctl args…` with the lab's variables. `options.env` adds variables; undefined removes a variable. */
  run(args: readonly string[], options?: BinOptions): Promise<BinResult>;
  stop(): Promise<number | null>;
}

export async function runLab(...args: readonly string[]): Promise<RunningLab> {
  const lab = spawn(process.execPath, ['--', BIN, 'sandbox', '--json', ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await Promise.race([
    once(createInterface(lab.stdout), 'line').then(([text]) => String(text)),
    once(lab, 'exit').then(([code]) =>
      Promise.reject(new Error(`the lab ended with ${code} before it was ready`)),
    ),
  ]);
  const { env } = JSON.parse(line) as { env: Record<string, string> };
  return {
    env,
    process: lab,
    run: (typed, options = {}) => runBin(typed, { ...options, env: { ...env, ...options.env } }),
    async stop() {
      if (lab.exitCode !== null) return lab.exitCode;
      lab.kill('SIGTERM');
      const [code] = (await once(lab, 'exit')) as [number | null];
      return code;
    },
  };
}
