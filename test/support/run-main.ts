import { main } from '../../src/commands/main.ts';
import type { MemoryContext } from './memory-context.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The output and the exit code of a run. */
export function saidIn({ code, stdout, stderr }: Said): Said {
  return { code, stdout, stderr };
}

/** Runs `fedctl args…` in this process and returns its output to the streams of the context. */
export async function runMain(args: readonly string[], context: MemoryContext): Promise<Said> {
  const code = await main(args, context);
  return { code, stdout: context.stdout.text, stderr: context.stderr.text };
}
