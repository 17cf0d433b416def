import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asksForMfa, externalIdOf, namesPrincipal } from './aws/trust-policy.ts';
import type { AwsWorld } from './aws/world.ts';
import { awsConfigFile, awsCredentialsFile, type LabEnvironment, type LabProfile } from './environment.ts';

/**
 * Writes the AWS config and credentials files, and returns the variables that contain their paths. If the lab
 * emulates a platform, the files are empty, because platforms have no such files. The variables prevent tools
 * from reading `~/.aws`.
 */
export async function writeAwsFiles(
  directory: string,
  region: string,
  profiles: readonly LabProfile[],
): Promise<LabEnvironment> {
  const config = join(directory, 'aws-config');
  const credentials = join(directory, 'aws-credentials');
  await writeFile(config, awsConfigFile(region, profiles), { mode: 0o600 });
  await writeFile(credentials, awsCredentialsFile(profiles), { mode: 0o600 });
  return { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
}

/**
 * Returns one profile per user, with the keys of the user, and one profile per role. The source profile of a role
 * belongs to the first user that the role trusts.
 */
export function labProfiles(world: AwsWorld): readonly LabProfile[] {
  // Each lab uses a new session name, because the AWS CLI caches sessions in the home directory by role and
  // session name.
  const sessionName = `lab-${randomBytes(4).toString('hex')}`;
  return [
    ...world.users.map(({ profile, accessKeyId, secretAccessKey }) => ({
      name: profile,
      accessKeyId,
      secretAccessKey: secretAccessKey.reveal(),
    })),
    ...world.roles.map((role) => {
      const externalId = externalIdOf(role);
      const source = world.users.find(({ arn }) => namesPrincipal(role, arn));
      return {
        name: role.profile,
        roleArn: role.arn,
        sessionName,
        sourceProfile: source?.profile ?? 'default',
        ...(externalId === null ? {} : { externalId }),
        ...(asksForMfa(role) && source?.mfaDevice ? { mfaSerial: source.mfaDevice.serial } : {}),
      };
    }),
  ];
}

/**
 * Writes the secret of each MFA device to a file, as an `otpauth` URL for an authenticator app. The files are
 * in the same directory as the AWS files. The environment does not contain the secrets, because every program in
 * the lab can read the environment.
 *
 * @returns the serial number and the file of each device
 */
export async function writeMfaDevices(directory: string, world: AwsWorld) {
  const devices = world.users.flatMap(({ name, mfaDevice }) =>
    mfaDevice === null ? [] : [{ file: join(directory, `${name}.otpauth`), mfaDevice }],
  );
  for (const { file, mfaDevice } of devices) {
    await writeFile(file, `${mfaDevice.url.reveal()}\n`, { mode: 0o600 });
  }
  return devices.map(({ file, mfaDevice }) => [mfaDevice.serial, file] as const);
}

/** Writes a script named `fedctl` for PATH. The script runs the fedctl that started the lab. */
export async function writeFedctl(directory: string, fedctl: readonly string[]): Promise<string> {
  const bin = join(directory, 'bin');
  await mkdir(bin);
  const words = fedctl.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  await writeFile(join(bin, 'fedctl'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o700 });
  return bin;
}
