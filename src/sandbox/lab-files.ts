import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asksForMfa, externalIdOf, namesPrincipal } from './aws/trust-policy.ts';
import type { AwsWorld } from './aws/world.ts';
import { awsConfigFile, awsCredentialsFile, type LabEnvironment, type LabProfile } from './environment.ts';

/** The files of a running lab: all in its own folder, private, and gone with it. */

/**
 * The AWS config and credentials files, and the variables that point to them. No platform has such files: there they
 * are empty, and keep the tools from whatever `~/.aws` holds.
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

/** Every user with its keys, and every role by way of the first user that it trusts. */
export function labProfiles(world: AwsWorld): readonly LabProfile[] {
  // Another one in each lab: the AWS CLI keeps sessions in the home folder, by role and session name.
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
 * Writes down what an authenticator needs to play the MFA devices of the lab's users, beside the AWS files: an
 * `otpauth` address in a file of its own. The secret is not in the environment, where every program of the lab would
 * have it.
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

/** A `fedctl` for PATH that starts the very one that started the lab. */
export async function writeFedctl(folder: string, fedctl: readonly string[]): Promise<string> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const words = fedctl.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  await writeFile(join(bin, 'fedctl'), `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o700 });
  return bin;
}
