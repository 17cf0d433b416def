import { main } from '../../src/commands/main.ts';
import type { MemoryContext } from './memory-context.ts';

export interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What was printed and the exit code, of a run that a test knows more about. */
export function saidIn({ code, stdout, stderr }: Said): Said {
  return { code, stdout, stderr };
}

/** Runs `fedctl args…` in this process and reads what it printed to the streams of the context. */
export async function runMain(args: readonly string[], context: MemoryContext): Promise<Said> {
  const code = await main(args, context);
  return { code, stdout: context.stdout.text, stderr: context.stderr.text };
}
