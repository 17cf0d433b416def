import { EXIT, type ExitCode } from '../lib/core/exit-codes.ts';
import type { AnyCommand } from './command.ts';
import { duration } from './options/kinds.ts';
import { text, texts, toggle } from './options/option.ts';

/** One row of the table of commands. A command is loaded only when it is called or its help is shown. */
export interface CommandRow {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
  /**
   * The exit code for failures of fedctl, if the command otherwise exits with the code of its child process.
   */
  readonly ownFailure?: ExitCode;
  /** The subcommands. A subcommand must be named before `--`. */
  readonly subcommands?: readonly Omit<CommandRow, 'group'>[];
}

const ACCOUNT = 'Account:';
const TOKEN = 'Token:';
const CREDENTIALS = 'Credentials:';
const DATABASE = 'Database:';
const RUN = 'Run:';
const DIAGNOSE = 'Diagnose:';
const LAB = 'Local lab:';
const SHELL = 'Shell:';

export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'enable',
    group: ACCOUNT,
    summary: 'Enable outbound federation for the account and wait for STS',
    load: async () => (await import('./enable.ts')).enable,
  },
  {
    name: 'disable',
    group: ACCOUNT,
    summary: 'Disable outbound federation for the account',
    load: async () => (await import('./disable.ts')).disable,
  },
  {
    name: 'status',
    group: ACCOUNT,
    summary: 'Show the federation state and the issuer',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'whoami',
    group: ACCOUNT,
    summary: 'Show the AWS principal and the source of its credentials',
    load: async () => (await import('./whoami.ts')).whoami,
  },
  {
    name: 'token',
    group: TOKEN,
    summary: 'Mint a signed token for an audience',
    load: async () => (await import('./token.ts')).token,
  },
  {
    name: 'decode',
    group: TOKEN,
    summary: 'Decode a token without verifying it',
    load: async () => (await import('./decode.ts')).decode,
  },
  {
    name: 'verify',
    group: TOKEN,
    summary: 'Verify a token as a relying party does',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'credentials',
    group: CREDENTIALS,
    summary: 'Get temporary session credentials',
    load: async () => (await import('./credentials.ts')).credentials,
  },
  {
    name: 'connect',
    group: DATABASE,
    summary: 'Log in to MongoDB with OIDC or AWS credentials and show each stage',
    load: async () => (await import('./connect.ts')).connect,
  },
  {
    name: 'exec',
    group: RUN,
    summary: 'Run a program with a token file or credentials that stay valid',
    load: async () => (await import('./exec.ts')).exec,
    ownFailure: EXIT.ownFailure,
  },
  {
    name: 'agent',
    group: RUN,
    summary: 'Renew token files and credentials for other programs',
    load: async () => (await import('./agent.ts')).agent,
  },
  {
    name: 'uri',
    group: RUN,
    summary: 'Print a connection string with authentication settings',
    load: async () => (await import('./uri.ts')).uri,
  },
  {
    name: 'check',
    group: DIAGNOSE,
    summary: 'Check the whole chain and report the first failure with its fix',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'init',
    group: DIAGNOSE,
    summary: 'Write a commented fedctl.yaml for "fedctl check"',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'explain',
    group: DIAGNOSE,
    summary: 'Explain a failure code or the text of an error',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'sandbox',
    group: LAB,
    summary: 'Start a local lab that emulates AWS, an issuer and MongoDB',
    load: async () => (await import('./sandbox.ts')).sandbox,
    subcommands: [
      {
        name: 'status',
        summary: 'Show the state of the running lab',
        load: async () => (await import('./sandbox/status.ts')).sandboxStatus,
      },
      {
        name: 'set',
        summary: 'Change the running lab: federation, keys, users, delays',
        load: async () => (await import('./sandbox/set.ts')).sandboxSet,
      },
      {
        name: 'scenario',
        summary: 'Activate a failure scenario in the running lab',
        load: async () => (await import('./sandbox/scenario.ts')).sandboxScenario,
      },
      {
        name: 'clock',
        summary: 'Show or set the clock of the running lab',
        load: async () => (await import('./sandbox/clock.ts')).sandboxClock,
      },
      {
        name: 'log',
        summary: 'Show the requests to the running lab and the reason for each decision',
        load: async () => (await import('./sandbox/log.ts')).sandboxLog,
      },
      {
        name: 'stop',
        summary: 'Stop the running lab',
        load: async () => (await import('./sandbox/stop.ts')).sandboxStop,
      },
    ],
  },
  {
    name: 'demo',
    group: LAB,
    summary: 'Run the main tasks of fedctl in the lab, step by step',
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    name: 'completion',
    group: SHELL,
    summary: 'Print the completion script for bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completion,
  },
];

/** The options that all commands accept. They can precede or follow the name of the command. */
export const COMMON_OPTIONS = {
  profile: text('--profile <name>', 'AWS profile; overrides credentials in the environment', {
    values: 'profiles',
  }),
  region: text('--region <region>', 'AWS Region'),
  timeout: duration('--timeout <time>', 'Time limit of each network step (default: 30s)', 30),
  output: texts('--output <format>', 'Output format, human or json (default: human)'),
  json: toggle('--json', 'Same as --output json'),
  quiet: toggle('--quiet', 'Suppress hints and warnings'),
  verbose: toggle('--verbose', 'Print more details on standard error'),
  noInput: toggle('--no-input', 'Never prompt'),
  noColor: toggle('--no-color', 'Disable color'),
} as const;
