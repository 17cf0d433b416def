import { stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { keepFresh, type Output, type OutputEvent } from '../lib/auth/keep-fresh.ts';
import { credentialsOutput, tokenFileOutput } from '../lib/auth/outputs.ts';
import { type ProgramPlan, planProgram } from '../lib/auth/program-plan.ts';
import { mintingAnew } from '../lib/auth/program-tokens.ts';
import { type SessionRequest, sessionCredentials } from '../lib/auth/session-credentials.ts';
import type { Life } from '../lib/auth/token-source.ts';
import { program as programLine, rerun, type SuggestedCommand } from '../lib/core/command-line.ts';
import type { Context } from '../lib/core/context.ts';
import { formatDuration } from '../lib/core/duration.ts';
import { FedctlError, isFedctlError } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { rfc3339 } from '../lib/core/time.ts';
import {
  type ChildVariables,
  endpointVariables,
  staticVariables,
  tokenVariables,
  withVariables,
} from '../lib/exec/child-environment.ts';
import { startCredentialsEndpoint } from '../lib/exec/credentials-endpoint.ts';
import { endpointWarning, refuseOldProgram } from '../lib/exec/known-programs.ts';
import type { ChildEnd } from '../lib/exec/run-child.ts';
import { runProgram } from '../lib/exec/run-program.ts';
import { makeRuntimeDirectory } from '../lib/exec/runtime-directory.ts';
import { credentialVariables } from '../lib/formats/variables.ts';
import type { AwsSettings } from '../lib/ports/aws.ts';
import { MECHANISM_NAMES } from '../lib/uri/mechanism.ts';
import { command, type Ended, type Invocation } from './command.ts';
import { mechanismOption, TOKEN_ENVIRONMENT } from './options/cluster.ts';
import { text, texts, toggle } from './options/option.ts';
import { ROLE_OPTIONS, roleToAssume } from './options/role.ts';
import { SIGNING_ALGORITHM, WANTED_DURATION } from './options/token.ts';

// These options have no environment variables. The program that `exec` runs inherits all variables, so a
// variable for an option would affect every fedctl process that this program starts.
const FLAG_ONLY = { env: false };

const OPTIONS = {
  audience: text('--audience <aud>', 'Audience of the token'),
  uri: text('--uri <uri>', 'Connection string that replaces {uri} in the arguments and sets MONGODB_URI'),
  mechanism: mechanismOption(
    'Mechanism: oidc for a token file, aws for session credentials (default: from the URI)',
    MECHANISM_NAMES,
  ),
  environment: TOKEN_ENVIRONMENT,
  variable: texts(
    '--variable <name>',
    'Additional variable for the path of the token file; repeatable',
    FLAG_ONLY,
  ),
  static: toggle('--static', 'Put session credentials into the environment, without renewal', FLAG_ONLY),
  signingAlgorithm: SIGNING_ALGORITHM,
  duration: WANTED_DURATION,
  ...ROLE_OPTIONS,
} as const;

type ExecInvocation = Invocation<typeof OPTIONS>;

export const exec = command({
  arguments: '<program...>',
  examples: [
    'fedctl exec --audience my-atlas --uri "$URI" -- mongosh {uri}',
    'fedctl exec --audience my-atlas --uri "$URI" -- mongodump --uri {uri} --archive=dump.gz',
    'fedctl exec --mechanism aws --role-arn arn:aws:iam::123456789012:role/app -- ./any-program',
    'fedctl exec --mechanism aws --static -- mongodump --uri "$URI" --archive=dump.gz',
    'fedctl exec --audience https://api.example.com --variable TOKEN_FILE -- ./any-program',
  ],
  notes: `oidc: fedctl keeps the token in a private file, which it replaces at half of the token lifetime.
AZURE_FEDERATED_TOKEN_FILE and OIDC_TOKEN_FILE contain the path of the file; MongoDB drivers and Azure SDKs read these
variables. fedctl sets MONGODB_URI to the connection string. In the arguments of the program, fedctl replaces {uri}
with the connection string. aws: a loopback endpoint serves session credentials and renews them. AWS SDKs find the
endpoint in AWS_CONTAINER_CREDENTIALS_FULL_URI; --static is for programs that do not read this variable. Exit codes:
the exit code of the program, or 128 + n if signal n ended the program; 127, program not found; 126, program not
executable; 125, failure of fedctl itself. fedctl forwards signals, and removes the file when the program exits.`,
  options: OPTIONS,
  run,
});

/** The environment variables for a program, and the output that must stay valid while the program runs. */
interface Equipment extends ChildVariables {
  /** The token file or credentials endpoint that fedctl keeps valid; null if the program needs neither. */
  readonly fresh: Fresh | null;
}

interface Fresh {
  readonly output: Output;
  readonly life: Life;
}

async function run(invocation: ExecInvocation): Promise<Ended> {
  const { context, options, typed, args, warn } = invocation;
  const [program = '', ...rest] = args;
  const plan = planProgram({
    command: program,
    args: rest,
    uri: options.uri,
    mechanism: options.mechanism,
    otherwise: typed.has('roleArn') && !typed.has('audience') ? 'aws' : 'oidc',
    environment: options.environment,
    audience: options.audience,
  });
  refuseUnfit(plan, options);
  for (const warning of plan.warnings) warn(warning);
  const stop = new AbortController();
  const closers: (() => Promise<void>)[] = [];
  let kept: Promise<void> | null = null;
  try {
    // fedctl can prompt for an MFA code only before the program starts. After that, the program uses the
    // terminal.
    const terminal = { free: true };
    const aws = settings(invocation.awsSettings, terminal);
    const [old, made] = await Promise.allSettled([
      plan.login.kind === 'token' ? refuseOldProgram(context, program, withVariables(context.env, {})) : null,
      plan.login.kind === 'token'
        ? tokenFile(invocation, aws, plan.login.audience, closers)
        : credentials(invocation, aws, plan.command, closers),
    ]);
    if (old.status === 'rejected') throw old.reason;
    if (made.status === 'rejected') throw made.reason;
    const { fresh, variables, warnings } = made.value;
    for (const warning of warnings) warn(warning);
    terminal.free = false;
    kept = fresh === null ? null : keep(invocation, fresh, stop.signal);
    const env = withVariables(context.env, {
      ...variables,
      ...(plan.uri === null ? {} : { MONGODB_URI: plan.uri }),
    });
    const end = await runProgram(context, { command: program, args: plan.args, env, stdio: 'inherit' });
    if (end.failure !== null) throw await cannotRun(context.cwd, program, end, end.failure);
    return { exitCode: end.code };
  } finally {
    stop.abort();
    await kept;
    // If a file cannot be removed now, the next run removes it.
    await Promise.allSettled(closers.map((close) => close()));
  }
}

async function keep(invocation: ExecInvocation, { output, life }: Fresh, signal: AbortSignal): Promise<void> {
  const { now, sleep } = invocation.context;
  const told = (event: OutputEvent) => tell(invocation, output, event);
  try {
    await keepFresh(output, life, { now, sleep, random: Math.random, signal, tell: told });
  } catch (error) {
    told({ kind: 'failed', error, until: null });
  }
}

/** Returns the AWS settings with an MFA prompt that returns null while the program uses the terminal. */
function settings(aws: AwsSettings, terminal: { readonly free: boolean }): AwsSettings {
  const { mfaCode } = aws;
  if (mfaCode === undefined) return aws;
  return { ...aws, mfaCode: async (serial) => (terminal.free ? mfaCode(serial) : null) };
}

async function tokenFile(
  invocation: ExecInvocation,
  aws: AwsSettings,
  audience: string,
  closers: (() => Promise<void>)[],
): Promise<Equipment> {
  const { context, options } = invocation;
  const recipe = {
    audience,
    signingAlgorithm: options.signingAlgorithm,
    durationSeconds: options.duration,
    role: roleToAssume(options),
  };
  const directory = await makeRuntimeDirectory(context);
  closers.push(directory.remove);
  const path = join(directory.path, 'token');
  const output = tokenFileOutput(mintingAnew(context, aws, recipe), path);
  const life = await output.renew(context.signal);
  return {
    fresh: { output, life },
    ...tokenVariables(context.env, path, options.variable, options.environment),
  };
}

async function credentials(
  invocation: ExecInvocation,
  aws: AwsSettings,
  program: string,
  closers: (() => Promise<void>)[],
): Promise<Equipment> {
  const { context, options, typed } = invocation;
  const { duration } = options;
  const role = roleToAssume(options);
  const request: SessionRequest = {
    roleArns: role === null ? [] : [role.roleArn],
    externalId: role?.externalId ?? null,
    sessionName: role?.sessionName ?? null,
    mfaSerial: role?.mfaSerial ?? null,
    tags: [],
    transitiveTagKeys: [],
    sourceIdentity: null,
    // The default of --duration applies only to tokens, not to session credentials.
    durationSeconds: typed.has('duration') && duration !== 'auto' ? duration : null,
  };
  if (options.static) {
    const session = await sessionCredentials(context, aws, request);
    invocation.hint(expiryLine(session.credentials.expiresAt, context.now()));
    return {
      fresh: null,
      variables: staticVariables(credentialVariables(session.credentials)),
      warnings: [],
    };
  }
  const output = credentialsOutput(context, aws, request, 'credentials endpoint');
  const endpoint = await startCredentialsEndpoint({ host: '127.0.0.1', port: 0, served: output.served });
  closers.push(endpoint.close);
  context.redactor.learn(endpoint.authorizationToken);
  const directory = await makeRuntimeDirectory(context);
  closers.push(directory.remove);
  const emptyFile = join(directory.path, 'no-aws-config');
  await writeFile(emptyFile, '', { mode: 0o600 });
  const warning = endpointWarning(program);
  const life = await output.renew(context.signal);
  return {
    fresh: { output, life },
    variables: endpointVariables({
      url: endpoint.credentialsUrl,
      authorizationToken: endpoint.authorizationToken.reveal(),
      region: await regionOf(context, aws),
      emptyFile,
    }),
    warnings: warning === null ? [] : [warning],
  };
}

function expiryLine(expiresAt: Date | null, now: Date): string {
  if (expiresAt === null)
    return 'The expiration of the session credentials is unknown. They are not renewed.';
  const left = formatDuration((expiresAt.getTime() - now.getTime()) / 1000);
  return `The session credentials expire at ${rfc3339(expiresAt)} (in ${left}). They are not renewed.`;
}

/**
 * Returns the Region, or null if the Region is missing or invalid. Some programs need no Region. Code that
 * needs the Region reports the failure.
 */
async function regionOf(context: Context, aws: AwsSettings): Promise<string | null> {
  try {
    return (await (await context.aws(aws)).region()).name;
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    return null;
  }
}

function refuseUnfit(plan: ProgramPlan, options: ExecInvocation['options']): void {
  if (plan.login.kind === 'token' && options.static) {
    throw new FedctlError('usage.invalid-command-line', {
      message: '--static applies to session credentials, but the program gets a token file.',
      remedy: 'Add --mechanism aws, or remove --static.',
      command: rerun({ drop: ['--static'] }),
      option: '--static',
    });
  }
  if (plan.login.kind === 'credentials' && options.variable.length > 0) {
    throw new FedctlError('usage.invalid-command-line', {
      message: '--variable applies to a token file, but the program gets session credentials.',
      remedy: 'Add --mechanism oidc --audience <audience>, or remove --variable.',
      command: rerun({ drop: ['--variable'] }),
      option: '--variable',
    });
  }
  const invalid = options.variable.find((name) => !/^[A-Za-z_]\w*$/.test(name));
  if (invalid === undefined) return;
  throw new FedctlError('usage.invalid-value', {
    message: `Invalid --variable "${invalid}": expected the name of an environment variable.`,
    option: '--variable',
  });
}

/**
 * Reports expirations, recoveries and failed renewals. Does not report regular renewals.
 */
function tell({ warn, hint }: ExecInvocation, output: Output, event: OutputEvent): void {
  if (event.kind === 'renewed') {
    if (event.recovered)
      hint(`fedctl exec: ${output.name} was renewed and is valid until ${rfc3339(event.expiresAt)}.`);
    return;
  }
  if (event.kind === 'expired') {
    warn({ code: 'exec.expired', message: `fedctl exec: ${output.name} has expired.`, remedy: null });
    return;
  }
  const { error, until } = event;
  const serves = until === null ? '' : ` The current credential remains valid until ${rfc3339(until)}.`;
  warn({
    code: isFedctlError(error) ? error.code : 'bug.unexpected',
    message: `fedctl exec: cannot renew ${output.name}: ${error instanceof Error ? error.message : String(error)}${serves}`,
    remedy: isFedctlError(error) ? error.remedy : null,
    command: isFedctlError(error) && !REPEATS.has(error.command?.kind ?? '') ? error.command : null,
  });
}

/**
 * The kinds of suggested commands that would start the program a second time.
 */
const REPEATS: ReadonlySet<string> = new Set(['rerun', 'more-time'] satisfies SuggestedCommand['kind'][]);

async function cannotRun(
  cwd: string,
  program: string,
  { code }: ChildEnd,
  cause: NodeJS.ErrnoException,
): Promise<FedctlError> {
  const details = { program };
  if (code === EXIT.notFound) {
    return new FedctlError('exec.not-found', {
      message: `Cannot run "${program}": program not found.`,
      details,
      cause,
    });
  }
  if (code === EXIT.notExecutable) {
    return new FedctlError('exec.not-executable', {
      message: `Cannot run "${program}": the file is not executable.`,
      details,
      cause,
      ...((await isFile(resolve(cwd, program))) ? { command: programLine('chmod', '+x', program) } : {}),
    });
  }
  return new FedctlError('exec.start-failed', {
    message: `Cannot run "${program}": system error ${cause.code ?? 'without a code'}.`,
    details,
    cause,
  });
}

/**
 * Returns whether a path is a file. The failure suggests chmod only for a file. For a directory, or for a
 * program that was found in PATH, chmod does not help.
 */
async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isFile() ?? false;
}
