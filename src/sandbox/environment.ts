import { LINK_LOCAL } from './isolation/command-network.ts';

/** All variables that the lab sets. */
export type LabEnvironment = Readonly<Record<string, string>>;

/** Changes to the lab's variables. Null removes a variable. */
export type ChangedVariables = Readonly<Record<string, string | null>>;

/** A user or role of the lab, and its profile in the lab's AWS config file. */
export interface LabProfile {
  readonly name: string;
  /** The access key of a user. Profiles of roles have no access key. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** The ARN of a role. Profiles of users have no role ARN. */
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly sourceProfile?: string;
  readonly externalId?: string;
  readonly mfaSerial?: string;
}

/**
 * Matches the variables that could connect a program inside the lab to real services. Also matches the
 * variables that could connect a program outside the lab to the lab.
 */
const FOREIGN = /^(AWS_|FEDCTL_|MONGODB_ATLAS_)|^(AZURE_FEDERATED_TOKEN_FILE|OIDC_TOKEN_FILE)$/;

/**
 * Hosts that programs must connect to without a proxy: loopback, and the link-local addresses of AWS
 * platforms.
 */
const DIRECT = ['localhost', '127.0.0.1', '::1', '[::1]', ...Object.values(LINK_LOCAL)];

/**
 * Returns the environment of a program inside the lab. Removes all AWS, Atlas and fedctl variables from the
 * outside environment, prevents the use of a proxy for the lab's addresses, and adds the lab's variables.
 *
 * @param directory the directory that contains the lab's `fedctl` script; this directory becomes the first directory in
 * PATH
 */
export function insideLab(
  outside: Readonly<Record<string, string | undefined>>,
  lab: LabEnvironment,
  directory: string,
): Record<string, string> {
  const inside: Record<string, string> = {};
  for (const [name, value] of Object.entries(outside)) {
    if (value !== undefined && !FOREIGN.test(name)) inside[name] = value;
  }
  inside['PATH'] = inside['PATH'] === undefined ? directory : `${directory}:${inside['PATH']}`;
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const already = (inside[name] ?? '').split(',').filter((entry) => entry.trim() !== '');
    inside[name] = [...already, ...DIRECT].join(',');
  }
  return { ...inside, ...lab };
}

/** Returns a copy of the variables with the changes applied. */
export function changed(before: LabEnvironment, changes: ChangedVariables): LabEnvironment {
  const all = Object.entries({ ...before, ...changes });
  return Object.fromEntries(all.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/**
 * Formats variables as shell lines: `export K='v'`, or `unset K` if the value is null. A single quote in a
 * value becomes '\''.
 */
export function exportLines(variables: Readonly<Record<string, string | null>>): string {
  return Object.entries(variables)
    .map(([name, value]) =>
      value === null ? `unset ${name}\n` : `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
    )
    .join('');
}

/** Formats the lab's AWS config file, with one section for each profile. */
export function awsConfigFile(region: string, profiles: readonly LabProfile[]): string {
  return profiles
    .map((profile) => {
      const keys: readonly [string, string | undefined][] = [
        ['region', region],
        ['role_arn', profile.roleArn],
        ['role_session_name', profile.sessionName],
        ['source_profile', profile.sourceProfile],
        ['external_id', profile.externalId],
        ['mfa_serial', profile.mfaSerial],
      ];
      return section(profile.name === 'default' ? 'default' : `profile ${profile.name}`, keys);
    })
    .join('\n');
}

/** Formats the lab's AWS credentials file. It contains the profiles that have access keys. */
export function awsCredentialsFile(profiles: readonly LabProfile[]): string {
  return profiles
    .filter((profile) => profile.accessKeyId !== undefined)
    .map((profile) =>
      section(profile.name, [
        ['aws_access_key_id', profile.accessKeyId],
        ['aws_secret_access_key', profile.secretAccessKey],
      ]),
    )
    .join('\n');
}

function section(title: string, keys: readonly (readonly [string, string | undefined])[]): string {
  const lines = keys.flatMap(([name, value]) => (value === undefined ? [] : [`${name} = ${value}\n`]));
  return `[${title}]\n${lines.join('')}`;
}
