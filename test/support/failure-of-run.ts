import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInProcess } from './in-process.ts';

/** The fields of a failure in `fedctl.error/v1`. */
export interface ToldFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** Runs a command that fails before any network access, in a directory with these files, and returns the failure. */
export async function failureOfRun(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<ToldFailure> {
  const cwd = await mkdtemp(join(tmpdir(), 'fedctl-failure-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(cwd, name), text);
    const format = env['FEDCTL_OUTPUT'] === undefined && !args.includes('--output') ? ['--json'] : [];
    const { stderr } = await runInProcess([...format, ...args], env, '', { cwd });
    if (format.length === 0) return readLines(stderr);
    // The error document of fedctl.
    return (JSON.parse(stderr) as { error: ToldFailure }).error;
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

/** Returns the failure as text for people. */
function readLines(text: string): ToldFailure {
  const after = (label: string) => new RegExp(`^${label}:\\s+(.*)$`, 'm').exec(text)?.[1] ?? '';
  return { code: after('code'), message: after('error'), remedy: after('remedy'), details: {} };
}
