import { type Scenario, scenario } from './scenario.ts';
import type { Stage } from './stage.ts';

/** Removes the keys. AWS_PROFILE has an effect only if no keys are set. */
const NO_KEYS = { AWS_ACCESS_KEY_ID: null, AWS_SECRET_ACCESS_KEY: null };

/** Faults of keys, profiles, the Region and the clock. */
export const CREDENTIAL_SCENARIOS: readonly Scenario[] = [
  scenario(
    'credentials-missing',
    'The shell has no AWS credentials: no keys, no profile, no role.',
    'aws.credentials-missing',
    async (stage) => {
      stage.set({ ...NO_KEYS, AWS_SHARED_CREDENTIALS_FILE: await stage.file('credentials', '') });
      await useConfig(stage, '');
    },
  ),
  scenario(
    'credentials-expired',
    'The temporary AWS credentials have expired.',
    'aws.credentials-expired',
    (stage) => {
      const { world } = stage.lab;
      stage.actAs(world.createSession({ principal: stage.operator, expiresAt: stage.later(-60) }));
    },
  ),
  scenario(
    'secret-key-wrong',
    'The secret access key was copied incorrectly and does not match the access key ID.',
    'aws.signature-refused',
    (stage) => stage.set({ AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }),
  ),
  scenario(
    'access-key-deleted',
    'The access key was deleted in IAM, but the shell still has it.',
    'aws.access-key-unknown',
    (stage) => stage.set({ AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE' }),
  ),
  scenario(
    'credentials-half-set',
    'The access key ID is set, but the secret access key is not.',
    'aws.credentials-half-set',
    (stage) => stage.set({ AWS_SECRET_ACCESS_KEY: null }),
  ),
  scenario(
    'profile-missing',
    'AWS_PROFILE contains the name of a profile that does not exist on this machine.',
    'aws.profile-unknown',
    (stage) => stage.set({ ...NO_KEYS, AWS_PROFILE: 'production' }),
  ),
  scenario(
    'mfa-missing',
    'The profile assumes a role with an MFA device, but the command cannot prompt for the code.',
    'aws.mfa-needed',
    (stage) => stage.set({ ...NO_KEYS, AWS_PROFILE: 'mfa', FEDCTL_NO_INPUT: 'true' }),
  ),
  scenario(
    'sso-session-over',
    'The profile uses IAM Identity Center, but the user has not signed in today.',
    'aws.sso-login-needed',
    async (stage) => {
      stage.set({ ...NO_KEYS, AWS_PROFILE: 'sso' });
      await useConfig(
        stage,
        `[profile sso]\nsso_session = lab\nsso_account_id = ${stage.account.id}\nsso_role_name = Operator\n\n` +
          '[sso-session lab]\nsso_start_url = https://d-lab.awsapps.com/start\nsso_region = eu-central-1\n',
      );
    },
  ),
  scenario(
    'credential-process-failing',
    'The credential_process of the profile fails.',
    'aws.profile-failed',
    async (stage) => {
      stage.set({ ...NO_KEYS, AWS_PROFILE: 'vault' });
      await useConfig(stage, "[profile vault]\ncredential_process = sh -c 'exit 3'\n");
    },
  ),
  scenario('region-missing', 'No Region is set.', 'aws.region-missing', async (stage) => {
    stage.set({ AWS_REGION: null });
    await useConfig(stage, '');
  }),
  scenario(
    'region-global',
    'The Region is the pseudo-Region of the global STS endpoint, and this endpoint mints no tokens.',
    'aws.region-global',
    (stage) => stage.set({ AWS_REGION: 'aws-global' }),
  ),
  scenario(
    'clock-off',
    'The clock of this machine is ten minutes behind the correct time.',
    'aws.clock-skew',
    // The scenario cannot change the clock of this machine, so it sets the lab's clock ahead.
    (stage) => stage.lab.clock.set(10 * 60_000),
  ),
];

/** Sets an AWS config file for the command. */
async function useConfig(stage: Stage, config: string): Promise<void> {
  stage.set({ AWS_CONFIG_FILE: await stage.file('config', config) });
}
