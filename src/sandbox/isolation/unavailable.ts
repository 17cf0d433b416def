import { readFile } from 'node:fs/promises';
import { FedctlError } from '../../lib/core/errors.ts';
import type { ProgramEnd } from './keeper.ts';

/**
 * Linux settings that can prevent users from creating namespaces. Each entry contains the file of the
 * setting, the value that prevents namespaces, and the sysctl argument that allows namespaces.
 */
const SETTINGS = [
  [
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    '1',
    'kernel.apparmor_restrict_unprivileged_userns=0',
  ],
  ['/proc/sys/kernel/unprivileged_userns_clone', '0', 'kernel.unprivileged_userns_clone=1'],
  ['/proc/sys/user/max_user_namespaces', '0', 'user.max_user_namespaces=10000'],
] as const;

/** @param system the name of the operating system, as Node.js returns it */
export function unsupportedSystem(system: string): FedctlError {
  return new FedctlError('lab.isolation-unsupported', {
    message: `--isolate requires Linux, and this system is ${system}.`,
    details: { system },
  });
}

/**
 * Creates the failure for namespaces that could not be created or entered. Reads the reason from the output
 * of the program.
 */
export async function isolationFailure(
  program: string,
  { code, stderr, cause }: ProgramEnd,
): Promise<FedctlError> {
  const missing = cause?.code === 'ENOENT' ? program : missingProgram(stderr);
  if (missing !== undefined) {
    return new FedctlError('lab.isolation-program-missing', {
      message: `--isolate requires the program "${missing}", which was not found.`,
      details: { program: missing },
      cause,
    });
  }
  const reason = complaint(stderr) ?? cause?.message ?? `exit code ${code ?? 'unknown'}`;
  if (/(unrecognized|invalid|unknown) option/.test(stderr)) {
    return new FedctlError('lab.isolation-program-missing', {
      message: `--isolate requires util-linux 2.36 or later: ${reason}.`,
      details: { program },
      cause,
    });
  }
  const setting = await restrictingSetting();
  return new FedctlError('lab.isolation-refused', {
    message: `The system does not allow the namespaces that --isolate requires: ${reason}.`,
    ...(setting === null ? {} : { remedy: `Allow user namespaces: sudo sysctl -w ${setting}` }),
    details: { reason, setting },
    cause,
  });
}

/** Returns the name of a missing program. Recognizes the messages of dash, busybox, bash and util-linux. */
function missingProgram(stderr: string): string | undefined {
  const found = /(\w+): (?:command )?not found|failed to execute (\w+): No such file/.exec(stderr);
  return found?.[1] ?? found?.[2];
}

/**
 * Returns the error message of a program: the first line of `stderr` that contains a colon. The lines after
 * it are hints and stack traces.
 */
function complaint(stderr: string): string | undefined {
  return stderr
    .split('\n')
    .find((line) => /^\S.*: /.test(line))
    ?.replace(/\.$/, '');
}

async function restrictingSetting(): Promise<string | null> {
  for (const [path, value, setting] of SETTINGS) {
    const found = await readFile(path, 'utf8').catch(() => '');
    if (found.trim() === value) return setting;
  }
  return null;
}
