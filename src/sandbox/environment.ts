import { LINK_LOCAL } from './isolation/command-network.ts';

/** What the lab gives to whoever uses it: variables, all of them, and nothing of the outside's own. */
export type LabEnvironment = Readonly<Record<string, string>>;

/** Variables that differ from those of the lab; null for one that is gone. */
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

/** Everything that could point a client of the lab at the real world, or the other way round. */
const FOREIGN = /^(AWS_|FEDCTL_|MONGODB_ATLAS_)|^(AZURE_FEDERATED_TOKEN_FILE|OIDC_TOKEN_FILE)$/;

/** Loopback, and what is link-local on the platforms of AWS: no proxy leads there. */
const DIRECT = ['localhost', '127.0.0.1', '::1', '[::1]', ...Object.values(LINK_LOCAL)];

/**
 * The environment of a program inside the lab: what it would have had outside, without anything that names AWS, Atlas
 * or fedctl's own settings, with the addresses of the lab kept from every proxy, and with the lab's variables.
 *
 * @param folder goes first on PATH; it holds the `fedctl` that started the lab
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

/** The variables after a change. */
export function changed(before: LabEnvironment, changes: ChangedVariables): LabEnvironment {
  const all = Object.entries({ ...before, ...changes });
  return Object.fromEntries(all.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** `export K='v'` lines for a shell, `unset K` for null; a closing quote inside a value is written as '\''. */
export function exportLines(variables: Readonly<Record<string, string | null>>): string {
  return Object.entries(variables)
    .map(([name, value]) =>
      value === null ? `unset ${name}\n` : `export ${name}='${value.replaceAll("'", "'\\''")}'\n`,
    )
    .join('');
}

/** The lab's AWS config file: one section a profile. */
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

/** The lab's AWS credentials file: the profiles that have keys of their own. */
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
