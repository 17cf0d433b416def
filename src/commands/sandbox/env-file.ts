import { lstat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rerun } from '../../lib/core/command-line.ts';
import { FedctlError, isFedctlError } from '../../lib/core/errors.ts';
import { readBoundedFile } from '../../lib/files/bounded-file.ts';
import { freeName } from '../../lib/files/free-name.ts';
import { refuseUnwritable } from '../../lib/files/whole-file.ts';
import { sourceCommand } from '../../lib/render/sandbox.ts';
import { createLabClient } from '../../sandbox/control/client.ts';
import type { Invocation } from '../command.ts';
import type { OptionTable } from '../options/option.ts';

/** Maximum size of the file in bytes. The variables of a lab need much less. */
const LARGEST = 64 * 1024;

/** Time limit for the response of a lab, in milliseconds. A lab on this machine responds immediately. */
const ANSWERS_WITHIN = 2000;

/**
 * Before the lab starts, rejects a file that cannot be written.
 *
 * @throws FedctlError usage.unwritable-output
 */
export async function refuseUnwritableEnvFile(
  { context }: Invocation<OptionTable>,
  file: string | null,
): Promise<void> {
  if (file === null) return;
  await refuseUnwritable(resolve(context.cwd, file), {
    holds: 'the environment of a lab',
    remedy: 'Choose another file with --env-file.',
  });
}

/**
 * Rejects a file with the variables of a running lab. If these variables were overwritten, the running lab
 * could no longer be used or stopped.
 *
 * @throws FedctlError usage.file-exists
 */
export async function refuseRunningLab(
  { context }: Invocation<OptionTable>,
  file: string | null,
): Promise<void> {
  if (file === null || !(await isOfRunningLab(context, resolve(context.cwd, file)))) return;
  const isThere = async (name: string) =>
    (await lstat(resolve(context.cwd, name)).catch(() => null)) !== null;
  const free = await freeName(file, isThere);
  throw new FedctlError('usage.file-exists', {
    message: `"${file}" contains the variables of a running lab.`,
    likelyCause:
      'The running lab was started with the same --env-file, and only this file contains the FEDCTL_SANDBOX_TOKEN of that lab.',
    remedy: `Write to another file, or stop the running lab first: "${sourceCommand(file)} && fedctl sandbox stop".`,
    command: free === null ? null : rerun({ set: { '--env-file': free } }),
    details: { file },
  });
}

async function isOfRunningLab(context: Invocation<OptionTable>['context'], file: string): Promise<boolean> {
  let text: string;
  try {
    text = await readBoundedFile(file, LARGEST, context.signal, ANSWERS_WITHIN);
  } catch (error) {
    if (context.signal.aborted || !isFedctlError(error)) throw error;
    return false;
  }
  const exported = text.matchAll(/^export (FEDCTL_SANDBOX_\w+)='([^']*)'$/gm);
  const env = Object.fromEntries([...exported].map(([, name = '', value = '']) => [name, value]));
  try {
    await createLabClient({ ...context, env }, ANSWERS_WITHIN).status();
    return true;
  } catch (error) {
    if (context.signal.aborted || !isFedctlError(error)) throw error;
    return false;
  }
}
