import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Context } from '../context.ts';
import type { Credentials } from '../credentials.ts';
import { deadline, timedOut, within } from '../deadline.ts';
import { formatDuration } from '../duration.ts';
import { FedctlError } from '../errors.ts';
import { transportFault } from '../net/transport-fault.ts';
import { Secret } from '../secret.ts';
import { shellWord } from '../shell-word.ts';
import { attempts } from './connection.ts';
import type { RequestHandler } from './request-handler.ts';
import type { Section, SharedFiles } from './shared-files.ts';

/** What the two providers need that sign a person in: IAM Identity Center, and `aws login`. */
export interface SignIn {
  readonly context: Pick<Context, 'env' | 'home' | 'now' | 'version' | 'redactor'>;
  readonly files: SharedFiles;
  readonly timeoutMs: number;
  readonly requestHandler: RequestHandler;
  /** @throws FedctlError when an endpoint override of these services may not be used */
  checkEndpoints(): void;
}

/**
 * The keys of a profile that signs in through IAM Identity Center.
 *
 * @param settings of the profile
 * @throws FedctlError aws.sso-login-needed, aws.profile-failed, aws.unreachable, aws.tls-failed, aws.timeout
 */
export async function ssoCredentials(
  profile: string,
  settings: Section,
  signIn: SignIn,
  signal: AbortSignal,
): Promise<Credentials> {
  const session = settings['sso_session'];
  const start = session === undefined ? settings : (signIn.files.ssoSession(session) ?? settings);
  const missing = ['sso_start_url', 'sso_region', 'sso_account_id', 'sso_role_name'].find(
    (key) => !start[key] && !settings[key],
  );
  if (missing !== undefined) {
    throw signInFailed(profile, `lacks ${missing}`, `aws configure sso --profile ${shellWord(profile)}`);
  }
  await checkCachedLogin(profile, session ?? start['sso_start_url'] ?? '', session !== undefined, signIn);
  const role = `${settings['sso_role_name']} in ${settings['sso_account_id']}`;
  return await signInWith({ profile, role, remedy: ssoRemedy(profile) }, signIn, signal, async () => {
    const { fromSSO } = await import('./sign-in-client.ts');
    return fromSSO(providerOptions(profile, signIn))();
  });
}

/** The keys of a profile made by `aws login`. Throws as `ssoCredentials` does. */
export async function loginCredentials(
  profile: string,
  region: string | null,
  signIn: SignIn,
  signal: AbortSignal,
): Promise<Credentials> {
  const remedy = `aws login --profile ${shellWord(profile)}`;
  return await signInWith({ profile, role: null, remedy }, signIn, signal, async () => {
    const { fromLoginCredentials } = await import('./sign-in-client.ts');
    const options = providerOptions(profile, signIn);
    return fromLoginCredentials({
      ...options,
      ...(region === null ? {} : { clientConfig: { ...options.clientConfig, region } }),
    })();
  });
}

function providerOptions(profile: string, signIn: SignIn) {
  return {
    profile,
    filepath: signIn.files.credentialsPath,
    configFilepath: signIn.files.configPath,
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

/** Whose sign-in it is, for the failures. */
interface Subject {
  readonly profile: string;
  /** `Reader in 123456789012`; null for `aws login`. */
  readonly role: string | null;
  readonly remedy: string;
}

async function signInWith(
  subject: Subject,
  signIn: SignIn,
  signal: AbortSignal,
  ask: () => Promise<SdkCredentials>,
): Promise<Credentials> {
  signIn.checkEndpoints();
  const bounded = deadline(signal, signIn.timeoutMs);
  try {
    const keys = await within(bounded, ask());
    return {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: new Secret(keys.secretAccessKey),
      sessionToken: keys.sessionToken === undefined ? null : new Secret(keys.sessionToken),
      expiresAt: keys.expiration ?? null,
    };
  } catch (error) {
    if (timedOut(bounded)) {
      throw new FedctlError('aws.timeout', {
        message: `The sign-in service of the profile "${subject.profile}" did not answer within ${formatDuration(signIn.timeoutMs / 1000)}.`,
        details: { profile: subject.profile },
        cause: error,
      });
    }
    if (signal.aborted) throw signal.reason;
    throw providerFailure(subject, error);
  }
}

/** The SDK flattens what its providers met into a sentence, so the sentence is what there is to go by. */
function providerFailure({ profile, role, remedy }: Subject, error: unknown): FedctlError {
  const sentence = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  if (
    transportFault(error) !== null ||
    /\b(?:ECONN[A-Z]+|ENOTFOUND|EAI_AGAIN|E[A-Z]+UNREACH|EPIPE)\b/.test(sentence)
  ) {
    return new FedctlError('aws.unreachable', {
      message: `The sign-in service of the profile "${profile}" cannot be reached: ${sentence}.`,
      details: { profile },
      cause: error,
    });
  }
  if (role !== null && /^ForbiddenException\b/.test(sentence)) {
    return new FedctlError('aws.access-denied', {
      message: `IAM Identity Center gives the profile "${profile}" no credentials of ${role}: ${sentence.replace(/\.$/, '')}.`,
      likelyCause: 'The permission set is not assigned to this user in this account.',
      remedy: `ask whoever administers IAM Identity Center for the permission set ${role.replace(' in ', ' in account ')}`,
      details: { profile, role },
      cause: error,
    });
  }
  if (/UnauthorizedException|expired|re-?authenticate/i.test(sentence)) {
    return loginNeeded(profile, 'is no longer accepted', remedy, error);
  }
  return signInFailed(profile, `gave no credentials: ${sentence.replace(/\.$/, '')}`, remedy, error);
}

/**
 * Looks at the login that `aws sso login` has cached, before the SDK does: it tells a missing from an expired one, and
 * since when. A login that can be renewed by itself is left to the SDK.
 */
async function checkCachedLogin(
  profile: string,
  key: string,
  renewable: boolean,
  { context }: SignIn,
): Promise<void> {
  const name = createHash('sha1').update(key).digest('hex');
  const login = await cachedLogin(join(context.home, '.aws', 'sso', 'cache', `${name}.json`));
  const { accessToken } = login ?? {};
  if (typeof accessToken === 'string') context.redactor.learn(new Secret(accessToken));
  if (login === null)
    throw loginNeeded(profile, 'was never made here, or its cache is gone', ssoRemedy(profile));
  const expiresAt = Date.parse(String(login['expiresAt']));
  const age = (context.now().getTime() - expiresAt) / 1000;
  if (Number.isNaN(age)) throw loginNeeded(profile, 'has a damaged cache', ssoRemedy(profile));
  if (age >= 0 && !(renewable && typeof login['refreshToken'] === 'string')) {
    throw loginNeeded(profile, `expired ${formatDuration(age)} ago`, ssoRemedy(profile));
  }
}

async function cachedLogin(path: string): Promise<Readonly<Record<string, unknown>> | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function ssoRemedy(profile: string): string {
  return /^[\w.@+-]+$/.test(profile)
    ? `aws sso login --profile ${profile}`
    : `aws sso login --profile ${shellWord(profile)}`;
}

function loginNeeded(profile: string, what: string, remedy: string, cause?: unknown): FedctlError {
  return new FedctlError('aws.sso-login-needed', {
    message: `The login of the profile "${profile}" ${what}.`,
    remedy,
    details: { profile },
    cause,
  });
}

function signInFailed(profile: string, what: string, remedy: string, cause?: unknown): FedctlError {
  return new FedctlError('aws.profile-failed', {
    message: `The profile "${profile}" ${what}.`,
    remedy,
    details: { profile },
    cause,
  });
}
