import type { Context } from '../context.ts';
import { FedctlError } from '../errors.ts';
import type { AwsSettings } from '../ports.ts';

/** The profiles that the fedctl processes above this one are asking for credentials, as a JSON list. */
const ASKED = 'FEDCTL_CREDENTIAL_PROFILES';

/**
 * Keeps fedctl from calling itself for ever. A profile may name fedctl as its `credential_process`, and the SDK starts
 * that command with the environment of this process; so every process that asks a profile leaves the profile's name to
 * its children, and one that is about to ask a profile that is being asked already stops. A chain of different profiles
 * is no loop.
 *
 * Call it once, before the credentials are asked for.
 *
 * @throws FedctlError aws.credential-process-loop
 */
export function enterProfile(context: Context, settings: AwsSettings): void {
  const profile = profileToAsk(context.env, settings);
  if (profile === null) return;
  const asked = profilesAsked(context.env[ASKED]);
  if (asked.includes(profile)) {
    throw new FedctlError('aws.credential-process-loop', {
      message: `The credential_process of the profile "${profile}" is fedctl, and it asks the same profile again.`,
      details: { profile, asked },
    });
  }
  context.leaveToChildren(ASKED, JSON.stringify([...asked, profile]));
}

/** As credentials are found: the option beats keys in the environment, and those beat AWS_PROFILE. */
function profileToAsk(env: Context['env'], settings: AwsSettings): string | null {
  if (settings.credentials !== undefined) return null;
  if (settings.profile !== undefined) return settings.profile;
  return env['AWS_ACCESS_KEY_ID'] ? null : env['AWS_PROFILE'] || 'default';
}

function profilesAsked(text: string | undefined): readonly string[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(list) ? list.map(String) : [];
  } catch {
    return [];
  }
}
