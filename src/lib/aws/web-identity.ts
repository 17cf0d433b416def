import { resolve } from 'node:path';
import type { Context } from '../core/context.ts';
import type { Credentials, ResolvedCredentials } from '../core/credentials.ts';
import { FedctlError, isFedctlError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { readBoundedFile } from '../files/bounded-file.ts';
import type { Connection } from './connection.ts';
import type { Section } from './ini.ts';
import type { Absent } from './provider.ts';
import { assumeRoleWithWebIdentity } from './sts.ts';

/** The maximum size of a token file, in bytes. Tokens are much smaller. */
const MAX_TOKEN_BYTES = 64 * 1024;

/** A token file, and the role that the token can assume. */
export interface WebIdentity {
  readonly tokenFile: string;
  readonly roleArn: string;
  readonly sessionName: string | null;
}

/**
 * Assumes the role in AWS_ROLE_ARN with the token in AWS_WEB_IDENTITY_TOKEN_FILE and returns the credentials
 * of the role session. EKS and CI systems set both environment variables.
 *
 * @param settings the settings of the profile. They provide the values that the environment does not set.
 * @throws FedctlError aws.credentials-half-set; the failures of `webIdentityCredentials`
 */
export async function environmentWebIdentity(
  { env, cwd }: Pick<Context, 'env' | 'cwd'>,
  settings: Section,
  connect: () => Promise<Connection>,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  if (!env['AWS_WEB_IDENTITY_TOKEN_FILE']) return { absent: 'AWS_WEB_IDENTITY_TOKEN_FILE is not set' };
  const identity = webIdentityOf(env, settings);
  if (identity === null) {
    throw new FedctlError('aws.credentials-half-set', {
      message: 'AWS_WEB_IDENTITY_TOKEN_FILE is set, but AWS_ROLE_ARN is not.',
      likelyCause: 'A web identity requires a token file, and a role that trusts the issuer of the token.',
      remedy: 'Set AWS_ROLE_ARN too, or unset AWS_WEB_IDENTITY_TOKEN_FILE.',
      details: { missing: 'AWS_ROLE_ARN', set: 'AWS_WEB_IDENTITY_TOKEN_FILE' },
    });
  }
  return {
    ...(await webIdentityCredentials(identity, cwd, await connect(), signal)),
    provider: 'web-identity',
    providerDetail: `web identity (AWS_WEB_IDENTITY_TOKEN_FILE, role ${identity.roleArn})`,
  };
}

/**
 * Returns the web identity; null if the token file or the role is missing. As in the AWS CLI, each value in
 * the environment takes precedence over the value in the profile.
 */
export function webIdentityOf(env: Context['env'], settings: Section): WebIdentity | null {
  const tokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE'] || settings['web_identity_token_file'];
  const roleArn = env['AWS_ROLE_ARN'] || settings['role_arn'];
  if (!tokenFile || !roleArn) return null;
  const sessionName = env['AWS_ROLE_SESSION_NAME'] || settings['role_session_name'] || null;
  return { tokenFile, roleArn, sessionName };
}

/**
 * Assumes the role with the token in the file. White space around the token is removed, because STS would
 * reject a token with white space (facts/aws.md 6).
 *
 * @param cwd the directory to which the path of the token file is relative
 * @throws FedctlError usage.unreadable-input, sts.*, aws.*; the abort reason, if the signal is aborted
 */
export async function webIdentityCredentials(
  { tokenFile, roleArn, sessionName }: WebIdentity,
  cwd: string,
  connection: Connection,
  signal: AbortSignal,
): Promise<Credentials> {
  const token = await readToken(resolve(cwd, tokenFile), connection.timeoutMs, signal);
  const request = { roleArn, sessionName: sessionName ?? unnamedSession(connection.now()), token };
  return (await assumeRoleWithWebIdentity(connection, request, signal)).credentials;
}

async function readToken(path: string, timeoutMs: number, signal: AbortSignal): Promise<Secret> {
  try {
    return new Secret((await readBoundedFile(path, MAX_TOKEN_BYTES, signal, timeoutMs)).trim());
  } catch (error) {
    if (signal.aborted || !isFedctlError(error)) throw error;
    throw error.with({
      message: error.message.replace(/^Cannot read/, 'Cannot read the web identity token file'),
      likelyCause:
        'AWS_WEB_IDENTITY_TOKEN_FILE or web_identity_token_file in the profile contains the path of this file.',
    });
  }
}

/** Returns the default name of a role session. */
export function unnamedSession(now: Date): string {
  return `fedctl-${now.getTime()}`;
}
