import type { Context } from '../context.ts';
import type { Credentials, ResolvedCredentials } from '../credentials.ts';
import { FedctlError } from '../errors.ts';
import { proveMfa } from '../mfa.ts';
import type { AwsSettings } from '../ports.ts';
import { Secret } from '../secret.ts';
import { shellWord } from '../shell-word.ts';
import type { Connection } from './connection.ts';
import { containerCredentials } from './container.ts';
import { processCredentials } from './credential-process.ts';
import { environmentCredentials } from './environment.ts';
import { instanceMetadataCredentials } from './instance-metadata.ts';
import { type ChosenProfile, profileUnknown } from './profile.ts';
import { type Absent, isAbsent } from './provider.ts';
import type { Section, SharedFiles } from './shared-files.ts';
import { loginCredentials, type SignIn, ssoCredentials } from './sign-in.ts';
import { createSts } from './sts.ts';
import { defaultSessionName, webIdentityCredentials } from './web-identity.ts';

/** What following a profile needs beyond the files. */
export interface ProfileWorld {
  readonly context: Pick<Context, 'env' | 'fetch' | 'spawn' | 'now' | 'redactor'>;
  readonly files: SharedFiles;
  readonly chosen: ChosenProfile;
  readonly signIn: SignIn;
  readonly mfaCode: AwsSettings['mfaCode'];
  /** For the calls to STS that a profile may ask for; names no Region before it is needed. */
  connect(): Promise<Connection>;
  /** For `aws login`, which may do without one. */
  region(): string | null;
}

/** Keys, and how the profile came by them: `access key`, `role arn:… from profile "base"`. */
interface Found {
  readonly credentials: Credentials;
  readonly how: string;
}

/**
 * Follows a profile to its keys: the SDK's order within a profile (facts/aws.md 7.3), but link by link, so that each
 * failure names the profile it happened in, and every step goes through the context and the connection. The SDK's
 * `fromIni` reads the process's own environment on the way and folds what happened into one sentence.
 *
 * @throws FedctlError aws.profile-unknown, aws.profile-failed, aws.credentials-half-set, aws.credentials-expired,
 *   aws.mfa-needed, aws.sso-login-needed, sts.*, aws.*
 */
export async function profileCredentials(
  world: ProfileWorld,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  const { name, settings, source } = world.chosen;
  const found = await follow(name, settings, [name], world, signal);
  if (found === null) {
    return {
      absent:
        source === 'default' && world.files.profile('default') === null
          ? 'there is no profile "default"'
          : `the profile "${name}" names no way to get credentials`,
    };
  }
  return {
    ...found.credentials,
    provider: 'profile',
    providerDetail: `profile "${name}" (${found.how})`,
  };
}

/** @param path the profiles that led here, this one last */
async function follow(
  name: string,
  settings: Section,
  path: readonly string[],
  world: ProfileWorld,
  signal: AbortSignal,
): Promise<Found | null> {
  // A role profile may name itself as the source of its keys: then the keys beside the role are meant.
  const namesItself = path.length > 1 && path.at(-2) === name;
  if (settings['role_arn'] !== undefined && !settings['web_identity_token_file'] && !namesItself) {
    return await assumedRole(name, settings, path, world, signal);
  }
  if (settings['aws_access_key_id'] !== undefined || settings['aws_secret_access_key'] !== undefined) {
    return { credentials: keysOf(name, settings), how: 'access key' };
  }
  if (settings['web_identity_token_file'] !== undefined) {
    return await webIdentity(name, settings, settings['web_identity_token_file'], world, signal);
  }
  if (settings['credential_process'] !== undefined) {
    const command = settings['credential_process'];
    return {
      credentials: await processCredentials(command, name, world.context, signal),
      how: 'credential_process',
    };
  }
  if (settings['sso_session'] !== undefined || settings['sso_start_url'] !== undefined) {
    return {
      credentials: await ssoCredentials(name, settings, world.signIn, signal),
      how: 'IAM Identity Center',
    };
  }
  if (settings['login_session'] !== undefined) {
    const region = settings['region'] ?? world.region();
    return { credentials: await loginCredentials(name, region, world.signIn, signal), how: 'aws login' };
  }
  // Met only as the source of another profile's role.
  return path.length > 1 && settings['credential_source'] !== undefined
    ? await credentialSource(name, settings['credential_source'], world, signal)
    : null;
}

async function assumedRole(
  name: string,
  settings: Section,
  path: readonly string[],
  world: ProfileWorld,
  signal: AbortSignal,
): Promise<Found> {
  const roleArn = settings['role_arn'] ?? '';
  const source = await sourceOf(name, settings, path, world, signal);
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
          `The profile "${name}" assumes ${roleArn} with a code of`,
          `eval "$(fedctl credentials --profile ${shellWord(name)} --format env)"`,
        );
  const { credentials } = await sts.assumeRole(
    {
      roleArn,
      sessionName: settings['role_session_name'] ?? defaultSessionName(world.context.now()),
      ...(settings['external_id'] === undefined ? {} : { externalId: settings['external_id'] }),
      ...(Number.isInteger(seconds) && seconds > 0 ? { durationSeconds: seconds } : {}),
      ...mfa,
    },
    signal,
  );
  return { credentials, how: `role ${roleArn}, from ${source.how}` };
}

async function sourceOf(
  name: string,
  settings: Section,
  path: readonly string[],
  world: ProfileWorld,
  signal: AbortSignal,
): Promise<Found> {
  const { source_profile: sourceProfile, credential_source: credential } = settings;
  if ((sourceProfile === undefined) === (credential === undefined)) {
    const which = sourceProfile === undefined ? 'neither source_profile nor' : 'both source_profile and';
    throw profileFailed(name, `has a role_arn and names ${which} credential_source`);
  }
  if (sourceProfile === undefined) return await credentialSource(name, credential ?? '', world, signal);
  const section = world.files.profile(sourceProfile);
  if (section === null) {
    throw profileUnknown(sourceProfile, `source_profile of the profile "${name}"`, world.files);
  }
  if (sourceProfile !== name && path.includes(sourceProfile)) {
    const circle = [...path, sourceProfile].join(' -> ');
    throw profileFailed(name, `takes its keys from itself, in a circle: ${circle}`);
  }
  const found = await follow(sourceProfile, section, [...path, sourceProfile], world, signal);
  if (found === null) throw profileFailed(sourceProfile, `gives the profile "${name}" no keys`);
  return { ...found, how: `profile "${sourceProfile}" (${found.how})` };
}

async function credentialSource(
  name: string,
  source: string,
  world: ProfileWorld,
  signal: AbortSignal,
): Promise<Found> {
  const found = await askSource(source, world, signal);
  if (found === null) {
    throw profileFailed(
      name,
      `has credential_source ${source}; AWS knows Environment, Ec2InstanceMetadata and EcsContainer`,
    );
  }
  if (isAbsent(found)) throw profileFailed(name, `takes its keys from ${source}, but ${found.absent}`);
  return { credentials: found, how: found.providerDetail };
}

async function askSource(
  source: string,
  { context, chosen }: ProfileWorld,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent | null> {
  switch (source) {
    case 'Environment':
      return environmentCredentials(context.env);
    case 'Ec2InstanceMetadata':
      return await instanceMetadataCredentials(context, chosen, signal);
    case 'EcsContainer':
      return await containerCredentials(context, signal);
    default:
      return null;
  }
}

async function webIdentity(
  name: string,
  settings: Section,
  tokenFile: string,
  world: ProfileWorld,
  signal: AbortSignal,
): Promise<Found> {
  const roleArn = settings['role_arn'];
  if (roleArn === undefined) throw profileFailed(name, 'has a web_identity_token_file and no role_arn');
  const sessionName = settings['role_session_name'] ?? defaultSessionName(world.context.now());
  const identity = { tokenFile, roleArn, sessionName };
  return {
    credentials: await webIdentityCredentials(identity, await world.connect(), signal),
    how: `web identity, role ${roleArn}`,
  };
}

function keysOf(name: string, settings: Section): Credentials {
  const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = settings;
  if (id === undefined || secret === undefined) {
    const [missing, set] =
      id === undefined
        ? ['aws_access_key_id', 'aws_secret_access_key']
        : ['aws_secret_access_key', 'aws_access_key_id'];
    throw new FedctlError('aws.credentials-half-set', {
      message: `The profile "${name}" has ${set} and no ${missing}.`,
      likelyCause: 'The two belong together.',
      remedy: `aws configure --profile ${shellWord(name)}`,
      details: { profile: name, missing, set },
    });
  }
  return {
    accessKeyId: id,
    secretAccessKey: new Secret(secret),
    sessionToken: token === undefined ? null : new Secret(token),
    expiresAt: null,
  };
}

function profileFailed(name: string, what: string): FedctlError {
  return new FedctlError('aws.profile-failed', {
    message: `The profile "${name}" ${what}.`,
    likelyCause: 'The profile does not say completely, or without contradiction, where its keys come from.',
    remedy: `aws configure list --profile ${shellWord(name)}`,
    details: { profile: name },
  });
}
