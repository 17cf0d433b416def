import type { Context } from '../context.ts';
import type { Credentials } from '../credentials.ts';
import { deadline, timedOut } from '../deadline.ts';
import { FedctlError } from '../errors.ts';
import { printable } from '../printable.ts';
import { Secret } from '../secret.ts';
import { processFailure } from './process-failure.ts';
import { processEnvironment } from './process-loop.ts';

/** Such a program may ask its user for a code: that is what the bound has to allow. */
const TIMEOUT_MS = 120_000;

/** A few hundred bytes are usual. */
const MAX_OUTPUT = 1024 * 1024;

/**
 * Runs a profile's `credential_process` in a shell, as the SDK does, and reads the keys it prints (facts/aws.md 7.1).
 * The SDK's own provider would run it in this process's environment, could not be stopped, and repeats the command
 * line, which may hold a secret, in its errors.
 *
 * @throws FedctlError aws.credential-process-loop, aws.profile-failed, aws.credentials-expired; the signal's own reason
 */
export async function processCredentials(
  command: string,
  profile: string,
  context: Pick<Context, 'env' | 'spawn' | 'now'>,
  signal: AbortSignal,
): Promise<Credentials> {
  const env = processEnvironment(context.env, profile);
  const bounded = deadline(signal, TIMEOUT_MS);
  try {
    const output = await run(command, profile, { spawn: context.spawn, env }, bounded);
    return parse(output, profile, context.now());
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (timedOut(bounded)) throw processFailed(profile, `did not end within ${TIMEOUT_MS / 1000} s`, error);
    throw error;
  }
}

function run(
  command: string,
  profile: string,
  { spawn, env }: Pick<Context, 'env' | 'spawn'>,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [], { shell: true, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const seen = { stdout: '', stderr: '' };
    const stop = () => {
      child.kill();
      // The shell's own children may keep the pipes open, and nothing more is read from them.
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
      reject(processFailed(profile, 'cannot be started', cause));
    });
    child.on('close', (code, killedBy) => {
      signal.removeEventListener('abort', stop);
      if (code === 0) resolve(seen.stdout);
      else reject(processFailure(profile, ending(code, killedBy), seen.stderr));
    });
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
    // The error would quote what was printed.
    throw processFailed(profile, 'printed no JSON');
  }
  const fields: Readonly<Record<string, unknown>> =
    typeof value === 'object' && value !== null ? { ...value } : {};
  const { Version, AccessKeyId, SecretAccessKey, SessionToken, Expiration } = fields;
  if (Version !== 1) throw processFailed(profile, 'printed no "Version": 1');
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw processFailed(profile, 'printed no AccessKeyId and SecretAccessKey');
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
  const expiresAt = new Date(String(expiration));
  if (Number.isNaN(expiresAt.getTime()))
    throw processFailed(profile, 'printed an Expiration that is no time');
  if (expiresAt <= now) {
    throw new FedctlError('aws.credentials-expired', {
      message: `The credential_process of the profile "${printable(profile)}" printed credentials that expired at ${expiresAt.toISOString()}.`,
      remedy: 'renew the session that this program reads from',
      details: { profile, expiresAt: expiresAt.toISOString() },
    });
  }
  return expiresAt;
}

function processFailed(profile: string, how: string, cause?: unknown): FedctlError {
  return new FedctlError('aws.profile-failed', {
    message: `The credential_process of the profile "${printable(profile)}" ${how}.`,
    likelyCause: 'The program that the profile names failed, or does not print what AWS tools expect.',
    remedy: `run the command that this prints: aws configure get credential_process --profile '${printable(profile)}'`,
    details: { profile },
    cause,
  });
}
