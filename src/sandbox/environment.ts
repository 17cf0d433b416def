import { LINK_LOCAL } from './isolation/command-network.ts';

/** The complete set of variables that the lab sets. */
export type LabEnvironment = Readonly<Record<string, string>>;

/** Variables that differ from those of the lab; null for a removed one. */
export type ChangedVariables = Readonly<Record<string, string | null>>;

/** A role or user of the lab, as a profile of its AWS config file. */
export interface LabProfile {
  readonly name: string;
  /** Keys of a user … */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  /** … or a role that `source` assumes. */
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly sourceProfile?: string;
  readonly externalId?: string;
  readonly mfaSerial?: string;
}

/** All variables that could make a client of the lab use the real services, or the reverse. */
const FOREIGN = /^(AWS_|FEDCTL_|MONGODB_ATLAS_)|^(AZURE_FEDERATED_TOKEN_FILE|OIDC_TOKEN_FILE)$/;

/** Loopback, and the link-local addresses of the AWS platforms, which are never reached through a proxy. */
const DIRECT = ['localhost', '127.0.0.1', '::1', '[::1]', ...Object.values(LINK_LOCAL)];

/**
 * Returns the environment of a program inside the lab: the outside environment without all variables of AWS,
 * Atlas and fedctl, without proxies for the addresses of the lab, and with the lab's variables.
 *
 * @param folder the first folder of PATH; it contains the `fedctl` that started the lab
 */
export function insideLab(
  outside: Readonly<Record<string, string | undefined>>,
  lab: LabEnvironment,
  folder: string,
): Record<string, string> {
  const inside: Record<string, string> = {};
  for (const [name, value] of Object.entries(outside)) {
    if (value !== undefined && !FOREIGN.test(name)) inside[name] = value;
  }
  inside['PATH'] = inside['PATH'] === undefined ? folder : `${folder}:${inside['PATH']}`;
  for (const name of ['NO_PROXY', 'no_proxy']) {
    const already = (inside[name] ?? '').split(',').filter((entry) => entry.trim() !== '');
    inside[name] = [...already, ...DIRECT].join(',');
  }
  return { ...inside, ...lab };
}

/** Returns the variables after a change. */
export function changed(before: LabEnvironment, changes: ChangedVariables): LabEnvironment {
  const all = Object.entries({ ...before, ...changes });
  return Object.fromEntries(all.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/**
 * Formats `export K='v'` lines for a shell, `unset K` for null; a single quote inside a value is written as
 * '\''.
 */
export function exportLines(variables: Readonly<Record<string, string | null>>): string {
  return Object.entries(variables)
    .map(([name, value]) =>
      value === null ? `unset ${name}\n` : `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
    )
    .join('');
}

/** Formats the lab's AWS config file: one section per profile. */
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

/** Formats the lab's AWS credentials file: the profiles with keys of their own. */
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
