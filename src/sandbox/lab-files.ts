import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asksForMfa, externalIdOf, namesPrincipal } from './aws/trust-policy.ts';
import type { AwsWorld } from './aws/world.ts';
import { awsConfigFile, awsCredentialsFile, type LabEnvironment, type LabProfile } from './environment.ts';

/** The files of a running lab, all in its own private folder, which is removed with the lab. */

/**
 * Writes the AWS config and credentials files, and returns the variables for them. A platform has no such
 * files, so there they are empty, which keeps tools from reading `~/.aws`.
 */
export async function writeAwsFiles(
  folder: string,
  region: string,
  profiles: readonly LabProfile[],
): Promise<LabEnvironment> {
  const config = join(folder, 'aws-config');
  const credentials = join(folder, 'aws-credentials');
  await writeFile(config, awsConfigFile(region, profiles), { mode: 0o600 });
  await writeFile(credentials, awsCredentialsFile(profiles), { mode: 0o600 });
  return { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: credentials };
}

/** Returns a profile for every user with its keys, and for every role with the first user that it trusts. */
export function labProfiles(world: AwsWorld): readonly LabProfile[] {
  // Different in each lab, because the AWS CLI caches sessions in the home directory by role and session
  // name.
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
 * Writes the secrets of the MFA devices of the lab's users for an authenticator, next to the AWS files: an
 * `otpauth` URL in a file each. The secret is not in the environment, where every program of the lab could
 * read it.
 *
 * @returns serial number and file of each device
 */
export async function writeMfaDevices(folder: string, world: AwsWorld) {
  const devices = world.users.flatMap(({ name, mfaDevice }) =>
    mfaDevice === null ? [] : [{ file: join(folder, `${name}.otpauth`), mfaDevice }],
  );
  for (const { file, mfaDevice } of devices) {
    await writeFile(file, `${mfaDevice.url.reveal()}\n`, { mode: 0o600 });
  }
  return devices.map(({ file, mfaDevice }) => [mfaDevice.serial, file] as const);
}

/** Writes a `fedctl` for PATH that starts the fedctl that started the lab. */
export async function writeFedctl(folder: string, fedctl: readonly string[]): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const words = fedctl.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  await writeFile(join(bin, 'fedctl'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o700 });
  return bin;
}
