import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInProcess } from './in-process.ts';

/** What `fedctl.error/v1` says of a failure. */
export interface ToldFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Runs a command that fails before it asks anybody, in a folder with these files, and reads the failure. */
export async function failureOfRun(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<ToldFailure> {
  const cwd = await mkdtemp(join(tmpdir(), 'fedctl-failure-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    const face = env['FEDCTL_OUTPUT'] === undefined && !args.includes('--output') ? ['--json'] : [];
    const { stderr } = await runInProcess([...face, ...args], env, '', { cwd });
    if (face.length === 0) return readLines(stderr);
    // What our own binary writes about itself.
    return (JSON.parse(stderr) as { error: ToldFailure }).error;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** The same of what is printed for people. */
function readLines(text: string): ToldFailure {
  const after = (label: string) => new RegExp(`^${label}:\\s+(.*)$`, 'm').exec(text)?.[1] ?? '';
  return { code: after('code'), message: after('error'), remedy: after('remedy'), details: {} };
}
