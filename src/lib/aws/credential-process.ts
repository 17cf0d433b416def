import { shellWord } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { Credentials } from '../core/credentials.ts';
import { deadline, timedOut } from '../core/deadline.ts';
import { FedctlError } from '../core/errors.ts';
import { isRecord } from '../core/record.ts';
import { Secret } from '../core/secret.ts';
import { systemCode } from '../core/system-error.ts';
import { readExpiry } from './expiry.ts';
import { processFailure } from './process-failure.ts';
import { processEnvironment } from './process-loop.ts';
import { shellWords } from './shell-words.ts';

/**
 * The time limit for the program, in milliseconds. The limit is long, because the user may have to enter an
 * MFA code.
 */
const TIMEOUT_MS = 120_000;

/** The maximum length of the output, in characters. The usual length is a few hundred characters. */
const MAX_OUTPUT = 1024 * 1024;

/**
 * Runs the `credential_process` of a profile and parses the credentials that the program prints (facts/aws.md
 * 7.1). Like the AWS CLI, this function splits the command into words and starts the program without a shell.
 * The program inherits standard input, so it can read an MFA code.
 *
 * The `credential_process` provider of the SDK is not used. It cannot be stopped, and it starts a shell with
 * the environment variables of this process. Its errors contain the command line, which may contain a secret.
 *
 * @throws FedctlError aws.credential-process-loop, aws.profile-failed, aws.credentials-expired; the abort
 * reason, if the signal is aborted
 */
export async function processCredentials(
  command: string,
  profile: string,
  context: Pick<Context, 'env' | 'spawn' | 'now'>,
  signal: AbortSignal,
): Promise<Credentials> {
  const words = shellWords(command);
  if (words === null) throw processFailed(profile, 'cannot be split into words: it has an unclosed quote');
  const env = processEnvironment(context.env, profile);
  const bounded = deadline(signal, TIMEOUT_MS);
  try {
    const output = await run(words, profile, { spawn: context.spawn, env }, bounded);
    return parse(output, profile, context.now());
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timedOut(bounded))
      throw processFailed(profile, `did not exit within ${TIMEOUT_MS / 1000} s`, { cause: error });
    throw error;
  }
}

function run(
  [program = '', ...args]: readonly string[],
  profile: string,
  { spawn, env }: Pick<Context, 'env' | 'spawn'>,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...env }, stdio: ['inherit', 'pipe', 'pipe'] });
    const seen = { stdout: '', stderr: '' };
    const stop = () => {
      child.kill();
      // Processes that the program started may keep the pipes open. Therefore, fedctl closes its ends of the pipes.
      child.stdout?.destroy();
      child.stderr?.destroy();
      reject(signal.reason);
    };
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        if (seen[name].length <= MAX_OUTPUT) seen[name] += chunk;
      });
    }
    child.on('error', (cause) => {
      signal.removeEventListener('abort', stop);
      reject(notStarted(profile, program, cause));
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (code === 0) resolve(seen.stdout);
      else reject(processFailure(profile, ending(code, killedBy), seen.stderr));
    });
  });
}

/**
 * Creates the failure for a program that cannot be started. The message contains only the first word of the
 * command, because the other words may be secrets.
 */
function notStarted(profile: string, program: string, cause: Error): FedctlError {
  const why = systemCode(cause) === 'ENOENT' ? 'the program was not found' : cause.message;
  const failure = `cannot be started: "${program}": ${why}`;
  return processFailed(profile, failure, {
    cause,
    likelyCause:
      'AWS tools start the program of a credential_process without a shell. To use "~", "$HOME", "|" or "&&", write the command as: sh -c \'…\'.',
  });
}

function ending(code: number | null, killedBy: string | null): string {
  return code === null ? `was ended by ${String(killedBy)}` : `exited with code ${code}`;
}

function parse(output: string, profile: string, now: Date): Credentials {
  let value: unknown;
  try {
    value = JSON.parse(output);
  } catch {
    // The parse error quotes the output, which may contain secrets. Therefore, the failure does not contain
    // the parse error.
    throw processFailed(profile, 'printed no JSON');
  }
  const fields = isRecord(value) ? value : {};
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = fields;
  if (Version !== 1) throw processFailed(profile, 'printed no "Version": 1');
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw processFailed(profile, 'did not print both AccessKeyId and SecretAccessKey');
  }
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: new Secret(SecretAccessKey),
    sessionToken: typeof SessionToken === 'string' && SessionToken !== '' ? new Secret(SessionToken) : null,
    expiresAt: expiryOf(Expiration, profile, now),
  };
}

function expiryOf(expiration: unknown, profile: string, now: Date): Date | null {
  if (expiration === undefined || expiration === null || expiration === '') return null;
  const expiresAt = readExpiry(String(expiration));
  if (expiresAt === null) throw processFailed(profile, 'printed an Expiration that is not a valid time');
  if (expiresAt <= now) {
    throw new FedctlError('aws.credentials-expired', {
      message: `The credential_process of the profile "${profile}" printed credentials that expired at ${expiresAt.toISOString()}.`,
      remedy: 'Renew the session from which the credential_process program gets its credentials.',
      details: { profile, expiresAt: expiresAt.toISOString() },
    });
  }
  return expiresAt;
}

function processFailed(
  profile: string,
  how: string,
  { cause, likelyCause }: { readonly cause?: unknown; readonly likelyCause?: string } = {},
): FedctlError {
  return new FedctlError('aws.profile-failed', {
    message: `The credential_process of the profile "${profile}" ${how}.`,
    likelyCause:
      likelyCause ??
      'The program in credential_process failed, or its output does not have the format that AWS tools expect.',
    remedy: `Run the program separately and correct the error. To print its command, run "aws configure get credential_process --profile ${shellWord(profile)}".`,
    details: { profile },
    cause,
  });
}
