import { FedctlError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The variable with the profiles whose `credential_process` led to this process, as a JSON list. */
const ASKED = 'FEDCTL_CREDENTIAL_PROFILES';

/**
 * Variables for the output format of this process; the inner program always prints the credential_process
 * format.
 */
const FORMS: readonly string[] = ['FEDCTL_OUTPUT', 'FEDCTL_JSON'];

/**
 * Returns the environment for a profile's `credential_process`. That program may be fedctl again, and would
 * start itself without end if it used the same profile. So each such program receives the list of profiles
 * that led to it, and fedctl stops when it would use one of them again. A chain of different profiles is not
 * a loop.
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
