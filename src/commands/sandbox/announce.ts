import { writeSecretFile } from '../../lib/files/secret-file.ts';
import { labSummary } from '../../lib/render/sandbox.ts';
import type { LabStatus } from '../../lib/sandbox/control/status.ts';
import { exportLines, type LabEnvironment } from '../../lib/sandbox/environment.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options.ts';

export interface ReadyLab {
  readonly env: LabEnvironment;
  readonly pid: number;
  readonly status: LabStatus;
  /** How it ends: `Ctrl-C ends the lab`. */
  readonly end: string;
}

/** Says that a lab is ready: its variables, and for people what it plays. */
export async function announce(
  invocation: Invocation<OptionTable>,
  { env, pid, status, end }: ReadyLab,
  envFile: string | null,
): Promise<void> {
  const { context, common } = invocation;
  if (envFile !== null) await writeSecretFile(envFile, exportLines(env));
  if (common.output === 'json') {
    context.stdout.write(`${JSON.stringify({ schema: 'fedctl.sandbox/v1', env, pid })}\n`);
    return;
  }
  if (envFile === null) context.stdout.write(exportLines(env));
  for (const line of labSummary(status, envFile, end)) invocation.hint(line);
}
