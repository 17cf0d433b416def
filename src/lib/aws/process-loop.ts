import { FedctlError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variable with the list of profiles, as JSON, whose `credential_process` started this process directly
 * or indirectly.
 */
const ASKED = 'FEDCTL_CREDENTIAL_PROFILES';

/**
 * The variables that set the output format of this process. They are removed, because the inner program must
 * print the credential_process format.
 */
const FORMS: readonly string[] = ['FEDCTL_OUTPUT', 'FEDCTL_JSON'];

/**
 * Returns the environment for the `credential_process` of a profile. The program may be fedctl, which would
 * start itself in an endless loop if it used the same profile. So each program receives the list of profiles
 * that are already in use, and fedctl stops if it would use one of these profiles again. A chain of different
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
