import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { aws, type SuggestedCommand, shellWord } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { Credentials } from '../core/credentials.ts';
import { deadline, timedOut, within } from '../core/deadline.ts';
import { formatDuration } from '../core/duration.ts';
import { type FailureFacts, FedctlError } from '../core/errors.ts';
import { isRecord } from '../core/record.ts';
import { Secret } from '../core/secret.ts';
import { readBoundedFile } from '../files/bounded-file.ts';
import { adviceOf, type TransportFault, transportFault } from '../net/transport-fault.ts';
import { attempts } from './connection.ts';
import { readExpiry } from './expiry.ts';
import type { Section } from './ini.ts';
import type { RequestHandler } from './request-handler.ts';
import { expanded, type SharedFiles } from './shared-files.ts';

/** The dependencies of the two providers that use a cached login: IAM Identity Center and `aws login`. */
export interface SignIn {
  readonly context: Pick<Context, 'env' | 'home' | 'now' | 'version' | 'redactor'>;
  readonly files: SharedFiles;
  readonly timeoutMs: number;
  readonly requestHandler: RequestHandler;
  /**
   * Validates the endpoint overrides of the sign-in services.
   *
   * @throws FedctlError if an endpoint override is not allowed
   */
  checkEndpoints(): void;
}

/** The profile name in the configuration that fedctl passes to the SDK. */
const PROFILE = 'fedctl';

/** The maximum size of a cached login, in bytes. Cached logins are much smaller. */
const MAX_CACHE_BYTES = 1024 * 1024;

/**
 * Returns the credentials of a profile that signs in through IAM Identity Center.
 *
 * @param settings the settings of the profile
 * @throws FedctlError aws.sso-login-needed, aws.profile-failed, aws.unreachable, aws.tls-failed, aws.timeout
 */
export async function ssoCredentials(
  profile: string,
  settings: Section,
  signIn: SignIn,
  signal: AbortSignal,
): Promise<Credentials> {
  const command = aws(['sso', 'login', '--profile', profile]);
  const { session, startUrl, region, accountId, roleName } = ssoSettings(profile, settings, signIn);
  const key = session ?? startUrl;
  const login = await ssoLogin({ profile, command }, key, session !== null, signIn, signal);
  const role = `${roleName} in ${accountId}`;
  return await signInWith({ profile, role, command, ...SSO }, signIn, signal, async (watched) => {
    const { fromSSO, externalDataInterceptor } = await import('./sign-in-client.ts');
    externalDataInterceptor.interceptToken(key, login);
    const section = { sso_start_url: startUrl, sso_region: region };
    const files = givenFiles(externalDataInterceptor, {
      [`profile.${PROFILE}`]: { sso_session: key },
      [`sso-session.${key}`]: section,
    });
    return fromSSO({
      ...providerOptions(files, watched),
      ssoStartUrl: startUrl,
      ssoRegion: region,
      ssoAccountId: accountId,
      ssoRoleName: roleName,
      ...(session === null ? {} : { ssoSession: session }),
    })();
  });
}

/** Merges the settings of the profile and of its sso-session by the rules of the AWS CLI. */
function ssoSettings(profile: string, settings: Section, { files }: SignIn) {
  const written = settings['sso_session'];
  const session = written === undefined ? null : files.ssoSession(written);
  const configure = {
    remedy: `Correct the profile. "aws configure sso --profile ${shellWord(profile)}" prompts for the settings.`,
  };
  if (written !== undefined && session === null) {
    const what = `specifies the sso-session "${written}", but ${files.configPath} has no section [sso-session ${shellWord(written)}]`;
    throw signInFailed(profile, what, configure);
  }
  const own = (key: string): string => {
    const value = session?.value[key] ?? settings[key];
    if (!value) throw signInFailed(profile, `lacks ${key}`, configure);
    if (settings[key] !== undefined && settings[key] !== value) {
      throw signInFailed(
        profile,
        `has a different ${key} than its sso-session "${session?.name ?? ''}"`,
        configure,
      );
    }
    return value;
  };
  return {
    session: session?.name ?? null,
    startUrl: own('sso_start_url'),
    region: own('sso_region'),
    accountId: own('sso_account_id'),
    roleName: own('sso_role_name'),
  };
}

/**
 * Returns the credentials of a profile that signs in with `aws login`. Throws the same failures as
 * `ssoCredentials`.
 *
 * @param session the value of `login_session` in the profile
 * @param region the Region; if null, the SDK determines the Region
 */
export async function loginCredentials(
  profile: string,
  session: string,
  region: string | null,
  signIn: SignIn,
  signal: AbortSignal,
): Promise<Credentials> {
  const command = aws(['login', '--profile', profile]);
  const { env, home } = signIn.context;
  const directory = env['AWS_LOGIN_CACHE_DIRECTORY'] || join(home, '.aws', 'login', 'cache');
  const name = createHash('sha256').update(session).digest('hex');
  const login = await cachedLogin(join(expanded(directory, env, home), `${name}.json`), signIn, signal);
  if (login === null) throw loginNeeded({ profile, command, ...LOGIN }, NEVER_MADE);
  return await signInWith({ profile, role: null, command, ...LOGIN }, signIn, signal, async (watched) => {
    const { fromLoginCredentials, externalDataInterceptor } = await import('./sign-in-client.ts');
    const section = { login_session: session, ...(region === null ? {} : { region }) };
    const files = givenFiles(externalDataInterceptor, { [`profile.${PROFILE}`]: section });
    return fromLoginCredentials(providerOptions(files, watched))();
  });
}

/**
 * Passes configuration sections to the credential providers of the SDK. The AWS files are not passed, because
 * the SDK would parse them by different rules. The section names already have the form that the SDK parser
 * returns, such as `profile.fedctl`. Therefore, a name can contain any character.
 *
 * @returns the path that the SDK must read to get the sections. No file with this path exists on the disk.
 */
function givenFiles(
  interceptor: { interceptFile(path: string, contents: string): void },
  sections: Readonly<Record<string, Readonly<Record<string, string>>>>,
): string {
  const lines = Object.entries(sections).flatMap(([header, settings]) => [
    `[${header}]`,
    ...Object.entries(settings).map(([name, value]) => `${name} = ${value}`),
  ]);
  const text = lines.join('\n');
  const path = `fedctl:${createHash('sha256').update(text).digest('hex')}`;
  interceptor.interceptFile(path, text);
  return path;
}

function providerOptions(file: string, signIn: SignIn) {
  return {
    profile: PROFILE,
    filepath: file,
    configFilepath: file,
    ignoreCache: true,
    clientConfig: { requestHandler: signIn.requestHandler, ...attempts(signIn.context.version) },
  };
}

interface SdkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** Describes a sign-in for the failure messages. */
interface SignInWay {
  readonly profile: string;
  /** The command that signs in again. */
  readonly command: SuggestedCommand;
  readonly likelyCause: string;
  /** The role and the account, such as `Reader in 123456789012`; null for `aws login`. */
  readonly role: string | null;
}

const SSO = {
  likelyCause:
    'The profile signs in through IAM Identity Center ("aws sso login"), and the cached sign-in has expired or is missing.',
};
const LOGIN = {
  likelyCause:
    'The profile signs in as a console user ("aws login"), and the cached sign-in has expired or is missing.',
};
const NEVER_MADE = 'is missing, or its cache was removed';

async function signInWith(
  subject: SignInWay,
  signIn: SignIn,
  signal: AbortSignal,
  ask: (signIn: SignIn) => Promise<SdkCredentials>,
): Promise<Credentials> {
  signIn.checkEndpoints();
  const bounded = deadline(signal, signIn.timeoutMs);
  const { watched, met } = watching(signIn.requestHandler);
  try {
    const keys = await within(bounded, ask({ ...signIn, requestHandler: watched }));
    return {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: new Secret(keys.secretAccessKey),
      sessionToken: keys.sessionToken === undefined ? null : new Secret(keys.sessionToken),
      expiresAt: keys.expiration ?? null,
    };
  } catch (error) {
    if (timedOut(bounded)) {
      throw new FedctlError('aws.timeout', {
        message: `The sign-in service of the profile "${subject.profile}" did not respond within ${formatDuration(signIn.timeoutMs / 1000)}.`,
        details: { profile: subject.profile },
        cause: error,
      });
    }
    if (signal.aborted) throw signal.reason;
    throw providerFailure(subject, met(), error);
  }
}

/**
 * The last network error in a request from a credential provider of the SDK. The error that the provider
 * throws does not contain the network error.
 */
interface Met {
  readonly url: URL;
  readonly fault: TransportFault;
}

function watching(handler: RequestHandler): { readonly watched: RequestHandler; met(): Met | null } {
  let met: Met | null = null;
  const watched: RequestHandler = {
    ...handler,
    async handle(request, options) {
      try {
        return await handler.handle(request, options);
      } catch (error) {
        const fault = transportFault(error);
        const url = new URL(`${request.protocol}//${request.hostname}${request.path}`);
        met = fault === null ? null : { url, fault };
        throw error;
      }
    },
  };
  return { watched, met: () => met };
}

/** Creates the failure for an error from a credential provider of the SDK. */
function providerFailure(subject: SignInWay, met: Met | null, error: unknown): FedctlError {
  const { profile, role, command } = subject;
  const sentence = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (met !== null) {
    const { url, fault } = met;
    const why = `${fault.reason} (${fault.code})`;
    const facts = { details: { profile, reason: fault.code }, ...adviceOf(fault, url), cause: error };
    const service = `the sign-in service of the profile "${profile}" (${url.host})`;
    return fault.kind === 'tls'
      ? new FedctlError('aws.tls-failed', {
          message: `The TLS connection to ${service} failed: ${why}.`,
          ...facts,
        })
      : new FedctlError(fault.kind === 'timeout' ? 'aws.timeout' : 'aws.unreachable', {
          message: `Cannot reach ${service}: ${why}.`,
          ...facts,
        });
  }
  if (role !== null && /^ForbiddenException\b/.test(sentence)) {
    return new FedctlError('aws.access-denied', {
      message: `IAM Identity Center returned no credentials for ${role} (profile "${profile}"): ${sentence.replace(/\.$/, '')}.`,
      likelyCause: 'The permission set is not assigned to this user in this account.',
      remedy: `An administrator of IAM Identity Center must assign the permission set ${role.replace(' in ', ' in account ')}.`,
      details: { profile, role },
      cause: error,
    });
  }
  if (/UnauthorizedException|expired|re-?authenticate/i.test(sentence)) {
    return loginNeeded(subject, 'is no longer accepted', error);
  }
  return signInFailed(
    profile,
    `returned no credentials: ${sentence.replace(/\.$/, '')}`,
    { remedy: 'Sign in again.', command },
    error,
  );
}

/**
 * Reads the login that `aws sso login` stored in the cache. The failure message states whether the login is
 * missing, damaged or expired. An expired login causes no failure if the SDK can renew it.
 *
 * @returns the cached login, with its expiration in the format that the SDK reads
 */
async function ssoLogin(
  names: Pick<SignInWay, 'profile' | 'command'>,
  key: string,
  renewable: boolean,
  signIn: SignIn,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>>> {
  const subject = { ...names, ...SSO };
  const { home, now } = signIn.context;
  const name = createHash('sha1').update(key).digest('hex');
  const login = await cachedLogin(join(home, '.aws', 'sso', 'cache', `${name}.json`), signIn, signal);
  if (login === null) throw loginNeeded(subject, NEVER_MADE);
  const expiresAt = readExpiry(String(login['expiresAt']));
  if (expiresAt === null || typeof login['accessToken'] !== 'string') {
    throw loginNeeded(subject, 'has a damaged cache');
  }
  const age = (now().getTime() - expiresAt.getTime()) / 1000;
  if (age >= 0 && !(renewable && typeof login['refreshToken'] === 'string')) {
    throw loginNeeded(subject, `expired ${formatDuration(age)} ago`);
  }
  return { ...login, expiresAt: expiresAt.toISOString() };
}

/**
 * Reads a cached login. Returns null if the cache is missing or unreadable.
 *
 * @throws the abort reason, if the signal is aborted
 */
async function cachedLogin(
  path: string,
  { context, timeoutMs }: SignIn,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const login: unknown = JSON.parse(await readBoundedFile(path, MAX_CACHE_BYTES, signal, timeoutMs));
    if (!isRecord(login)) return null;
    for (const name of ['accessToken', 'refreshToken', 'clientSecret']) {
      const secret = login[name];
      if (typeof secret === 'string') context.redactor.learn(new Secret(secret));
    }
    return login;
  } catch {
    if (signal.aborted) throw signal.reason;
    return null;
  }
}

function loginNeeded(
  { profile, command, likelyCause }: Pick<SignInWay, 'profile' | 'command' | 'likelyCause'>,
  what: string,
  cause?: unknown,
): FedctlError {
  return new FedctlError('aws.sso-login-needed', {
    message: `The sign-in of the profile "${profile}" ${what}.`,
    likelyCause,
    remedy: 'Sign in again.',
    command,
    details: { profile },
    cause,
  });
}

function signInFailed(
  profile: string,
  what: string,
  advice: Pick<FailureFacts, 'remedy' | 'command'>,
  cause?: unknown,
): FedctlError {
  return new FedctlError('aws.profile-failed', {
    message: `The profile "${profile}" ${what}.`,
    ...advice,
    details: { profile },
    cause,
  });
}
