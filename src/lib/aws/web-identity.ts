import { readFile } from 'node:fs/promises';
import type { Context } from '../context.ts';
import type { ResolvedCredentials } from '../credentials.ts';
import { FedctlError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { shellWord } from '../shell-word.ts';
import type { Connection } from './connection.ts';
import type { Absent } from './provider.ts';
import { assumeRoleWithWebIdentity } from './sts.ts';

/** Where a web identity comes from: a token file and the role that trusts its issuer. */
export interface WebIdentity {
  readonly tokenFile: string;
  readonly roleArn: string;
  readonly sessionName: string;
}

/**
 * The role of AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN: EKS, and CI systems.
 *
 * @throws FedctlError aws.credentials-half-set, and what `webIdentityCredentials` throws
 */
export async function environmentWebIdentity(
  env: Context['env'],
  connect: () => Promise<Connection>,
  signal: AbortSignal,
): Promise<ResolvedCredentials | Absent> {
  const tokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE'];
  const roleArn = env['AWS_ROLE_ARN'];
  if (!tokenFile) return { absent: 'AWS_WEB_IDENTITY_TOKEN_FILE is not set' };
  if (!roleArn) {
    throw new FedctlError('aws.credentials-half-set', {
      message: 'AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not.',
      likelyCause: 'A web identity needs both: the token file, and the role that trusts it.',
      remedy: 'set AWS_ROLE_ARN too, or unset AWS_WEB_IDENTITY_TOKEN_FILE',
      details: { missing: 'AWS_ROLE_ARN', set: 'AWS_WEB_IDENTITY_TOKEN_FILE' },
    });
  }
  const connection = await connect();
  const sessionName = env['AWS_ROLE_SESSION_NAME'] || defaultSessionName(connection.now());
  const session = await webIdentityCredentials({ tokenFile, roleArn, sessionName }, connection, signal);
  return {
    ...session,
    provider: 'web-identity',
    providerDetail: `web identity (AWS_WEB_IDENTITY_TOKEN_FILE, role ${roleArn})`,
  };
}

/** Assumes the role with the token in the file. A newline at its end would be sent and refused (facts/aws.md 6). */
export async function webIdentityCredentials(
  identity: WebIdentity,
  connection: Connection,
  signal: AbortSignal,
) {
  let token: string;
  try {
    token = (await readFile(identity.tokenFile, 'utf8')).trim();
  } catch (cause) {
    throw new FedctlError('usage.unreadable-input', {
      message: `The web identity token file ${identity.tokenFile} cannot be read.`,
      remedy: `ls -l ${shellWord(identity.tokenFile)}`,
      details: { file: identity.tokenFile },
      cause,
    });
  }
  const request = { roleArn: identity.roleArn, sessionName: identity.sessionName, token: new Secret(token) };
  return (await assumeRoleWithWebIdentity(connection, request, signal)).credentials;
}

/** For a role session that nobody named. */
export function defaultSessionName(now: Date): string {
  return `fedctl-${now.getTime()}`;
}
