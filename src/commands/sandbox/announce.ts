import { Secret } from '../../lib/core/secret.ts';
import { writeSecretFile } from '../../lib/files/secret-file.ts';
import { JsonLine } from '../../lib/render/json.ts';
import { linesOf } from '../../lib/render/output.ts';
import { sandboxStatusLines, sourceCommand } from '../../lib/render/sandbox.ts';
import type { LabStatus } from '../../sandbox/control/status.ts';
import { exportLines, type LabEnvironment } from '../../sandbox/environment.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options/option.ts';

export interface ReadyLab {
  readonly env: LabEnvironment;
  readonly pid: number;
  readonly status: LabStatus;
  /** A text that tells how to stop the lab, such as `Ctrl-C stops the lab`. */
  readonly end: string;
}

/** Prints the variables of a lab that is ready. The human output also lists the contents of the lab. */
export async function announce(
  invocation: Invocation<OptionTable>,
  { env, pid, status, end }: ReadyLab,
  envFile: string | null,
): Promise<void> {
  const { common, stdout, warnings } = invocation;
  if (envFile !== null) await writeSecretFile(envFile, exportLines(env));
  if (common.output === 'json') {
    const document = { schema: 'fedctl.sandbox/v1', env, pid, warnings };
    stdout.write([new JsonLine(document)], { discloses: secretsOf(env) });
    return;
  }
  if (envFile === null) stdout.write(linesOf(exportLines(env)), { discloses: secretsOf(env) });
  const { hint } = invocation;
  for (const line of ['', ...sandboxStatusLines(status), '']) hint(line, 'typed');
  if (envFile === null) hint('In another terminal, run the export commands above.');
  else {
    hint('In another terminal:');
    hint(`  ${sourceCommand(envFile)}`, 'typed');
  }
  hint(`${end}.`);
}

/** Returns the values of the variables as secrets that the output is allowed to contain. */
export function secretsOf(env: Readonly<Record<string, string | null>>): readonly Secret[] {
  return Object.values(env).flatMap((value) => (value === null ? [] : [new Secret(value)]));
}
