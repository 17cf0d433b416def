import type { Context } from '../core/context.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import { once } from '../core/once.ts';
import type { CaBundle } from '../net/certificate-authorities.ts';
import type { Aws, AwsSettings, ResolvedRegion } from '../ports/aws.ts';
import { type Connection, createConnection } from './connection.ts';
import { containerCredentials } from './container.ts';
import { cachedCredentials, findCredentials, unexpired } from './credentials.ts';
import { endpointOverride, endpointOverrides } from './endpoint.ts';
import { environmentCredentials } from './environment.ts';
import { createIam } from './iam.ts';
import { instanceMetadataCredentials, instanceRegion } from './instance-metadata.ts';
import { type ChosenProfile, chooseProfile } from './profile.ts';
import { assumesRole, profileCredentials } from './profile-credentials.ts';
import type { CredentialProvider } from './provider.ts';
import { resolveRegion } from './region.ts';
import { createRequestHandler } from './request-handler.ts';
import { readSharedFiles, type SharedFiles } from './shared-files.ts';
import { createSts } from './sts.ts';
import { environmentWebIdentity } from './web-identity.ts';

/** The AWS config and credentials files, and the selected profile. The files are read once per run. */
interface Configuration {
  readonly files: SharedFiles;
  readonly profile: ChosenProfile;
}

/**
 * Creates the AWS clients for these settings. The clients read the AWS files and load the SDK only when they
 * are first used.
 */
export async function createAws(settings: AwsSettings, context: Context): Promise<Aws> {
  const configuration = once(async (): Promise<Configuration> => {
    const files = await readSharedFiles(context, settings.timeoutMs);
    return { files, profile: chooseProfile(settings, context.env, files) };
  });
  const region = once(async () => {
    const { profile } = await configuration();
    return resolveRegion(settings, context.env, profile, () =>
      instanceRegion(context, profile, context.signal),
    );
  });
  const connect = once(async () => connection(settings, context, await region(), await configuration()));
  const find = async (signal: AbortSignal) => {
    if (settings.credentials !== undefined) return unexpired(settings.credentials, context.now());
    const known = await configuration();
    return findCredentials(
      providers(settings, context, known, connect),
      [...known.files.missing, ...known.files.faults],
      context.now,
      signal,
    );
  };
  const credentials = cachedCredentials(async (signal) => {
    const found = await find(signal);
    context.redactor.allow(found.accessKeyId);
    context.redactor.learn(found.secretAccessKey, found.sessionToken);
    return found;
  }, context);
  const sts = once(async () => createSts(await connect(), credentials));
  const iam = once(async () => createIam(await connect(), credentials));
  return {
    region,
    async endpointOverrides() {
      const { files, profile } = await configuration();
      return endpointOverrides(context.env, profile, files);
    },
    credentials,
    async notes() {
      const { files, profile } = await configuration();
      return [...choiceNotes(settings.credentials, profile, context.env), ...files.faults];
    },
    sts,
    iam,
  };
}

/**
 * Returns the connection for STS and IAM. Both services use the same Region, proxy and timeouts, but
 * different endpoints.
 */
function connection(
  settings: AwsSettings,
  context: Context,
  region: ResolvedRegion,
  { files, profile }: Configuration,
): Connection {
  const setting = (variable: string, key: string) => {
    const inEnvironment = context.env[variable];
    if ((inEnvironment ?? profile.settings[key])?.toLowerCase() !== 'true') return null;
    return inEnvironment === undefined ? `${key} of the profile "${profile.name}"` : variable;
  };
  return createConnection(context, {
    region,
    timeoutMs: settings.timeoutMs,
    choice: {
      fips: setting('AWS_USE_FIPS_ENDPOINT', 'use_fips_endpoint'),
      dualStack: setting('AWS_USE_DUALSTACK_ENDPOINT', 'use_dualstack_endpoint'),
    },
    caBundle: caBundleOfProfile(profile),
    endpoint: (service) => endpointOverride(service, context.env, profile, files),
  });
}

function caBundleOfProfile({ name, settings }: ChosenProfile): CaBundle | null {
  const path = settings['ca_bundle'];
  return path ? { path, source: `ca_bundle of the profile "${name}"` } : null;
}

/**
 * Returns the credential providers in the order of the AWS CLI: access keys in the environment, a role in the
 * profile, a web identity in the environment, other credential sources in the profile, the container, the
 * instance. With --profile, access keys and web identities in the environment are ignored.
 */
function providers(
  settings: AwsSettings,
  context: Context,
  { files, profile }: Configuration,
  connect: () => Promise<Connection>,
): readonly CredentialProvider[] {
  const { env } = context;
  const signIn = {
    context,
    files,
    timeoutMs: settings.timeoutMs,
    requestHandler: createRequestHandler(context, settings.timeoutMs, caBundleOfProfile(profile)),
    checkEndpoints() {
      for (const service of ['sso', 'sso_oidc', 'signin'] as const) {
        endpointOverride(service, env, profile, files);
      }
    },
  };
  const region = () => settings.region ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? null;
  const { mfaCode, warn = () => {} } = settings;
  const world = { context, files, chosen: profile, signIn, mfaCode, warn, connect, region };
  const fromEnvironment: CredentialProvider = {
    id: 'environment',
    find: async () => environmentCredentials(env),
  };
  const fromProfile: CredentialProvider = {
    id: 'profile',
    find: (signal) => profileCredentials(world, signal),
  };
  const fromWebIdentity: CredentialProvider = {
    id: 'web-identity',
    find: (signal) => environmentWebIdentity(context, profile.settings, connect, signal),
  };
  const ofTheMachine: readonly CredentialProvider[] = [
    { id: 'container', find: (signal) => containerCredentials(context, settings.timeoutMs, signal) },
    {
      id: 'instance-metadata',
      find: (signal) => instanceMetadataCredentials(context, profile, warn, signal),
    },
  ];
  if (profile.source === '--profile') return [fromProfile, ...ofTheMachine];
  const named = assumesRole(profile) ? [fromProfile, fromWebIdentity] : [fromWebIdentity, fromProfile];
  return [fromEnvironment, ...named, ...ofTheMachine];
}

/**
 * If a profile and the environment both provide credentials, returns a note that says which source is used.
 */
function choiceNotes(
  given: ResolvedCredentials | undefined,
  profile: ChosenProfile,
  env: Context['env'],
): readonly string[] {
  const hasKeys = Boolean(env['AWS_ACCESS_KEY_ID']) && Boolean(env['AWS_SECRET_ACCESS_KEY']);
  if (given !== undefined || !hasKeys || profile.source === 'default') return [];
  const name = profile.name;
  return profile.source === '--profile'
    ? [`The profile "${name}" is used. The credentials in the environment (AWS_ACCESS_KEY_ID) are ignored.`]
    : [
        `The credentials in the environment (AWS_ACCESS_KEY_ID) are used. The profile "${name}" from ${profile.source} is ignored.`,
      ];
}
