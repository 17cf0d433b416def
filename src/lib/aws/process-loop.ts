import { FedctlError } from '../core/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The profiles whose `credential_process` led to this process, as a JSON list. */
const ASKED = 'FEDCTL_CREDENTIAL_PROFILES';

/** How this process answers; its program answers in the form of a credential_process. */
const FORMS: readonly string[] = ['FEDCTL_OUTPUT', 'FEDCTL_JSON'];

/**
 * The environment for a profile's `credential_process`. That program may be fedctl again, and if it asks the same
 * profile, it starts itself without end. So each such program is told which profiles led to it, and a fedctl that would
 * ask one of them stops. A chain of different profiles is no loop.
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
