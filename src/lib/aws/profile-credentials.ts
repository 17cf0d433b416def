import { aws, shellWord } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import type { AwsSettings } from '../ports/aws.ts';
import type { Connection } from './connection.ts';
import { containerCredentials } from './container.ts';
import { processCredentials } from './credential-process.ts';
import { environmentCredentials } from './environment.ts';
import { KEY_PAIR, type Section } from './ini.ts';
import { instanceMetadataCredentials } from './instance-metadata.ts';
import { proveMfa } from './mfa.ts';
import { type ChosenProfile, profileUnknown } from './profile.ts';
import { type Absent, isAbsent } from './provider.ts';
import type { Profile, SharedFiles } from './shared-files.ts';
import { loginCredentials, type SignIn, ssoCredentials } from './sign-in.ts';
import { createSts } from './sts.ts';
import { unnamedSession, webIdentityCredentials, webIdentityOf } from './web-identity.ts';

export interface ProfileDependencies {
  readonly context: Pick<Context, 'env' | 'cwd' | 'fetch' | 'spawn' | 'sleep' | 'now' | 'redactor'>;
  readonly files: SharedFiles;
  readonly chosen: ChosenProfile;
  readonly signIn: SignIn;
  readonly mfaCode: AwsSettings['mfaCode'];
  readonly warn: NonNullable<AwsSettings['warn']>;
  /** Returns the connection for the STS calls that a profile requires. Throws if no Region is configured. */
  connect(): Promise<Connection>;
  /**
   * Returns the Region for `aws login`; null if no Region is configured. `aws login` does not require a
   * Region.
   */
  region(): string | null;
}

/** The credentials, and a description of their source, for example `access key` or `role arn:… from profile "base"`. */
interface Found {
  readonly credentials: Credentials;
  readonly how: string;
}

/** A profile in the chain of source profiles. */
interface Link {
  readonly name: string;
  readonly profile: Profile;
  /** The names of the profiles from the start of the chain to this profile, inclusive. */
  readonly path: readonly string[];
}

/**
 * Returns whether the profile assumes a role. A profile that assumes a role takes precedence over a web
 * identity in the environment.
 */
export function assumesRole({ settings }: Profile): boolean {
  return Boolean(settings['role_arn']) && !settings['web_identity_token_file'];
}

/**
 * Returns the credentials of a profile. If the profile contains several credential sources, the order of
 * precedence of the AWS CLI applies. Each failure names the profile that caused it. The function `fromIni` of
 * the SDK is not used, because it has a different precedence, reads the process environment, and reports the
 * same sentence for all failures.
 *
 * @throws FedctlError aws.profile-unknown, aws.profile-failed, aws.credentials-half-set,
 * aws.credentials-expired, aws.mfa-needed, aws.sso-login-needed, aws.container-failed, sts.*, aws.*
 */
export async function profileCredentials(
  world: ProfileDependencies,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  const { chosen, files } = world;
  const { name, source } = chosen;
  const found = await follow({ name, profile: chosen, path: [name] }, world, signal);
  if (found !== null) {
    const providerDetail = `profile "${name}" (${found.how})`;
    return { ...found.credentials, provider: 'profile', providerDetail };
  }
  const absent =
    source === 'default' && files.profile('default') === null
      ? 'the profile "default" does not exist'
      : `the profile "${name}" has no credential source`;
  if (files.severe.length === 0) return { absent };
  // The search for credentials stops here, because the intended credentials may be in a file that could not
  // be read.
  throw new FedctlError('aws.profile-failed', {
    message: `The AWS files contain no credentials: ${absent}. ${files.severe.join(' ')}`,
    likelyCause: 'A file with AWS settings cannot be read completely, so the profile may be incomplete.',
    remedy: `Correct or remove the file: ${files.configPath} or ${files.credentialsPath}.`,
    details: { profile: name },
  });
}

async function follow(link: Link, world: ProfileDependencies, signal: AbortSignal): Promise<Found | null> {
  const { name, path } = link;
  const { settings, inConfig, inCredentials } = link.profile;
  const isFirst = path.length === 1;
  // A profile may contain both a role and the access key that assumes the role. If the profile is the first
  // in the chain, the role is used. If the profile is a source profile, the access key is used. Therefore, a
  // profile can be its own source profile.
  const hasKeys = KEY_PAIR.some((key) => settings[key] !== undefined);
  const namesItself = path.at(-2) === name;
  if (assumesRole(link.profile) && !namesItself && (isFirst || !hasKeys)) {
    return await assumedRole(link, world, signal);
  }
  if (settings['web_identity_token_file']) return await webIdentity(link, world, signal);
  if (settings['sso_account_id'] !== undefined || settings['sso_role_name'] !== undefined) {
    return await sso(link, world, signal);
  }
  if (inCredentials['aws_access_key_id'] !== undefined) return keysOf(name, inCredentials);
  const login = settings['login_session'];
  if (login) {
    const region = settings['region'] ?? world.region();
    return {
      credentials: await loginCredentials(name, login, region, world.signIn, signal),
      how: 'aws login',
    };
  }
  const command = settings['credential_process'];
  if (command) {
    const credentials = await processCredentials(command, name, world.context, signal);
    return { credentials, how: 'credential_process' };
  }
  if (inConfig['aws_access_key_id'] !== undefined) return keysOf(name, inConfig);
  // An incomplete access key causes a failure. Other AWS tools would ignore the key and continue with a
  // different identity.
  if (hasKeys) return keysOf(name, settings);
  if (settings['sso_session'] !== undefined || settings['sso_start_url'] !== undefined) {
    return await sso(link, world, signal);
  }
  return null;
}

async function sso({ name, profile }: Link, world: ProfileDependencies, signal: AbortSignal): Promise<Found> {
  const credentials = await ssoCredentials(name, profile.settings, world.signIn, signal);
  return { credentials, how: 'IAM Identity Center' };
}

async function assumedRole(link: Link, world: ProfileDependencies, signal: AbortSignal): Promise<Found> {
  const { name } = link;
  const { settings } = link.profile;
  const roleArn = settings['role_arn'] ?? '';
  const source = await sourceOf(link, world, signal);
  const connection = await world.connect();
  const sts = await createSts(connection, async () => ({
    ...source.credentials,
    provider: 'profile',
    providerDetail: `profile "${name}" (${source.how})`,
  }));
  const seconds = Number(settings['duration_seconds'] ?? '');
  const serial = settings['mfa_serial'];
  const mfa =
    serial === undefined
      ? {}
      : await proveMfa(
          world.mfaCode,
          serial,
          `The profile "${name}" assumes ${roleArn}, which requires a code from`,
          `eval "$(fedctl credentials --profile ${shellWord(name)} --format env)"`,
        );
  const { credentials } = await sts.assumeRole(
    {
      roleArn,
      sessionName: settings['role_session_name'] ?? unnamedSession(world.context.now()),
      ...(settings['external_id'] === undefined ? {} : { externalId: settings['external_id'] }),
      ...(Number.isInteger(seconds) && seconds > 0 ? { durationSeconds: seconds } : {}),
      ...mfa,
    },
    signal,
  );
  return { credentials, how: `role ${roleArn}, from ${source.how}` };
}

async function sourceOf(link: Link, world: ProfileDependencies, signal: AbortSignal): Promise<Found> {
  const { name, path } = link;
  const { source_profile: written, credential_source: credential } = link.profile.settings;
  if ((written === undefined) === (credential === undefined)) {
    const which = written === undefined ? 'neither source_profile nor' : 'both source_profile and';
    throw profileFailed(name, `has a role_arn, but ${which} credential_source`);
  }
  if (written === undefined) return await credentialSource(name, credential ?? '', world, signal);
  const source = world.files.sourceProfile(written);
  if (source === null) {
    throw profileUnknown(written, `source_profile of the profile "${name}"`, world.files);
  }
  if (source.name !== name && path.includes(source.name)) {
    const circle = [...path, source.name].join(' -> ');
    throw profileFailed(name, `is in a loop of source profiles: ${circle}`);
  }
  const next = { name: source.name, profile: source.value, path: [...path, source.name] };
  const found = await follow(next, world, signal);
  if (found === null)
    throw profileFailed(
      source.name,
      `has no credentials, but it is the source_profile of the profile "${name}"`,
    );
  return { ...found, how: `profile "${source.name}" (${found.how})` };
}

async function credentialSource(
  name: string,
  source: string,
  world: ProfileDependencies,
  signal: AbortSignal,
): Promise<Found> {
  const found = await askSource(source, world, signal);
  if (found === null) {
    throw profileFailed(
      name,
      `has credential_source ${source}, but AWS supports only Environment, Ec2InstanceMetadata and EcsContainer`,
    );
  }
  if (isAbsent(found)) throw profileFailed(name, `takes its credentials from ${source}, but ${found.absent}`);
  return { credentials: found, how: found.providerDetail };
}

async function askSource(
  source: string,
  { context, chosen, warn, signIn }: ProfileDependencies,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent | null> {
  switch (source) {
    case 'Environment':
      return environmentCredentials(context.env);
    case 'Ec2InstanceMetadata':
      return await instanceMetadataCredentials(context, chosen, warn, signal);
    case 'EcsContainer':
      return await containerCredentials(context, signIn.timeoutMs, signal);
    default:
      return null;
  }
}

async function webIdentity(
  { name, profile, path }: Link,
  { context, chosen, connect }: ProfileDependencies,
  signal: AbortSignal,
): Promise<Found> {
  // The environment is ignored if --profile or the source_profile of another profile specifies this profile.
  const isAlone = path.length > 1 || chosen.source === '--profile';
  const identity = webIdentityOf(isAlone ? {} : context.env, profile.settings);
  if (identity === null) throw profileFailed(name, 'has a web_identity_token_file but no role_arn');
  return {
    credentials: await webIdentityCredentials(identity, context.cwd, await connect(), signal),
    how: `web identity, role ${identity.roleArn}`,
  };
}

/**
 * Returns the access key in a section of an AWS file.
 *
 * @param section a section from one file. Key ID, secret and token must come from the same file.
 */
function keysOf(name: string, section: Section): Found {
  const [id, secret] = KEY_PAIR.map((key) => section[key] ?? '');
  // aws_security_token is the older name of aws_session_token.
  const token = section['aws_session_token'] || section['aws_security_token'];
  if (!id || !secret) {
    const [missing, set] = id ? [...KEY_PAIR].reverse() : KEY_PAIR;
    const what = id || secret ? `${set} but no ${missing}` : `no value for ${missing}`;
    throw new FedctlError('aws.credentials-half-set', {
      message: `The profile "${name}" has ${what}.`,
      likelyCause: 'The key ID and the secret key must be in the same section of one file.',
      remedy: `Complete the key pair in one section. "aws configure --profile ${shellWord(name)}" prompts for the two values.`,
      details: { profile: name, missing, set },
    });
  }
  const credentials = {
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    sessionToken: token ? new Secret(token) : null,
    expiresAt: null,
  };
  return { credentials, how: 'access key' };
}

function profileFailed(name: string, what: string): FedctlError {
  return new FedctlError('aws.profile-failed', {
    message: `The profile "${name}" ${what}.`,
    likelyCause: 'The credential source of the profile is incomplete or contradictory.',
    remedy: 'Correct the profile. The AWS CLI shows the settings that it reads from the profile.',
    command: aws(['configure', 'list', '--profile', name]),
    details: { profile: name },
  });
}
