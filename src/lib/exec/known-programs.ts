import { basename } from 'node:path';
import { rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { deadline } from '../core/deadline.ts';
import { FedctlError, type Warning } from '../core/errors.ts';

interface KnownProgram {
  /**
   * The first version that can read a token from a file (facts/mongodb.md 5.2); null if no version can read a
   * token from a file.
   */
  readonly tokenFileSince: string | null;
  /** Whether the program reads keys from AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  readonly readsEndpoint: boolean;
  readonly upgrade: string;
}

/**
 * A tool that uses the Go driver. This driver reads AWS_CONTAINER_CREDENTIALS_RELATIVE_URI, but not
 * AWS_CONTAINER_CREDENTIALS_FULL_URI (facts/drivers-and-credentials.md 1).
 */
const TOOL: KnownProgram = {
  tokenFileSince: '100.15.0',
  readsEndpoint: false,
  upgrade: 'https://www.mongodb.com/try/download/database-tools',
};

const PROGRAMS: Readonly<Record<string, KnownProgram>> = {
  mongosh: {
    tokenFileSince: '2.3.5',
    readsEndpoint: true,
    upgrade: 'https://www.mongodb.com/try/download/shell',
  },
  mongo: {
    tokenFileSince: null,
    readsEndpoint: false,
    upgrade: 'https://www.mongodb.com/try/download/shell',
  },
  mongodump: TOOL,
  mongorestore: TOOL,
  mongoexport: TOOL,
  mongoimport: TOOL,
  mongofiles: TOOL,
  mongostat: TOOL,
  mongotop: TOOL,
};

/**
 * The time limit for running a program with `--version`, in milliseconds. mongosh is a JavaScript program and
 * is slower than the other tools.
 */
const LONGEST_WAIT_MS = 10_000;

/** The maximum number of characters of the output that fedctl searches for the version number. */
const LARGEST_ANSWER = 4096;

/**
 * Runs a known program with --version. Rejects a version that cannot read a token from a file. Accepts
 * unknown programs, and programs whose version cannot be determined.
 *
 * @throws FedctlError exec.program-too-old; the abort reason, if the signal is aborted
 */
export async function refuseOldProgram(
  context: Pick<Context, 'spawn' | 'signal' | 'cwd'>,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const name = nameOf(command);
  const known = PROGRAMS[name];
  if (known === undefined) return;
  const version = known.tokenFileSince === null ? null : await versionOf(context, command, env);
  context.signal.throwIfAborted();
  if (known.tokenFileSince === null) throw tooOld(name, null, known);
  if (version !== null && isBefore(version, known.tokenFileSince)) throw tooOld(name, version, known);
}

/**
 * Returns the warning for a known program that does not support the credentials endpoint; null for all other
 * programs.
 */
export function endpointWarning(command: string): Warning | null {
  const name = nameOf(command);
  if (PROGRAMS[name]?.readsEndpoint !== false) return null;
  return {
    code: 'exec.endpoint-not-read',
    message: `${name} does not read AWS_CONTAINER_CREDENTIALS_FULL_URI, so it finds no credentials.`,
    remedy: 'Add --static to set the keys in the environment of the program. These keys are not renewed.',
    command: rerun({ set: { '--static': true } }),
  };
}

function nameOf(command: string): string {
  const name = basename(command).replace(/\.(exe|cmd)$/i, '');
  return Object.hasOwn(PROGRAMS, name) ? name : '';
}

async function versionOf(
  context: Pick<Context, 'spawn' | 'signal' | 'cwd'>,
  command: string,
  env: Readonly<Record<string, string>>,
): Promise<string | null> {
  const child = context.spawn(command, ['--version'], {
    env,
    cwd: context.cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
    signal: deadline(context.signal, LONGEST_WAIT_MS),
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    if (said.length < LARGEST_ANSWER) said += chunk;
  });
  await new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  return /\d+\.\d+\.\d+/.exec(said.slice(0, LARGEST_ANSWER))?.[0] ?? null;
}

function isBefore(version: string, first: string): boolean {
  const wanted = first.split('.').map(Number);
  const parts = version.split('.').map(Number);
  const at = wanted.findIndex((part, index) => part !== parts[index]);
  return at !== -1 && (parts[at] ?? 0) < (wanted[at] ?? 0);
}

function tooOld(
  name: string,
  version: string | null,
  { tokenFileSince, upgrade }: KnownProgram,
): FedctlError {
  const first = name === 'mongo' ? 'mongosh 2.3.5' : `${name} ${tokenFileSince}`;
  return new FedctlError('exec.program-too-old', {
    message: `${version === null ? name : `${name} ${version}`} cannot read a token from a file.`,
    likelyCause: `The first version with this feature is ${first}.`,
    remedy: `Install ${first} or later: ${upgrade}`,
    details: { program: name, version, minimum: tokenFileSince },
  });
}
