import { FedctlError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment variable that contains a JSON list of profile names. The `credential_process` of each
 * profile in the list started this process, directly or indirectly.
 */
const ASKED = 'FEDCTL_CREDENTIAL_PROFILES';

/**
 * The environment variables that set the output format of fedctl. The program in `credential_process` does
 * not inherit these variables, because they could change the format of its output.
 */
const FORMS: readonly string[] = ['FEDCTL_OUTPUT', 'FEDCTL_JSON'];

/**
 * Returns the environment variables for the `credential_process` of a profile. If the program is fedctl and
 * uses the same profile, it would start itself in an endless loop. Therefore, each program receives the list
 * of profiles that are already in use, and fedctl fails if its profile is in the list. A chain of different
 * profiles is not a loop.
 *
 * @throws FedctlError aws.credential-process-loop
 */
export function processEnvironment(env: Environment, profile: string): Environment {
  const asked = profilesAsked(env[ASKED]);
  if (asked.includes(profile)) {
    throw new FedctlError('aws.credential-process-loop', {
      message: `The credential_process of the profile "${profile}" is fedctl, which reads its credentials from the same profile.`,
      details: { profile, asked },
    });
  }
  const inherited = Object.entries(env).filter(([name]) => !FORMS.includes(name));
  return { ...Object.fromEntries(inherited), [ASKED]: JSON.stringify([...asked, profile]) };
}

function profilesAsked(text: string | undefined): readonly string[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}
