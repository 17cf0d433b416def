import { EXIT, type ExitCode } from '../lib/core/exit-codes.ts';
import type { AnyCommand } from './command.ts';
import { duration } from './options/kinds.ts';
import { text, texts, toggle } from './options/option.ts';

/** One row of the table of commands. Nothing of a command is loaded before it is called or asked for help. */
export interface CommandRow {
  readonly name: string;
  readonly group: string;
  readonly summary: string;
  readonly load: () => Promise<AnyCommand>;
  /** What its own failures end with, where the other codes are those of a program that it runs. */
  readonly ownFailure?: ExitCode;
  /** Commands under this one: their names are its first word, if they stand in front of `--`. */
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
    summary: 'let the account issue tokens, and wait until it does',
    load: async () => (await import('./enable.ts')).enable,
  },
  {
    name: 'disable',
    group: ACCOUNT,
    summary: 'stop the account from issuing tokens',
    load: async () => (await import('./disable.ts')).disable,
  },
  {
    name: 'status',
    group: ACCOUNT,
    summary: 'is federation enabled, and does the issuer answer?',
    load: async () => (await import('./status.ts')).status,
  },
  {
    name: 'whoami',
    group: ACCOUNT,
    summary: 'which principal AWS sees, and where its keys came from',
    load: async () => (await import('./whoami.ts')).whoami,
  },
  {
    name: 'token',
    group: TOKEN,
    summary: 'mint a signed token for an audience',
    load: async () => (await import('./token.ts')).token,
  },
  {
    name: 'decode',
    group: TOKEN,
    summary: 'read a token; proves nothing',
    load: async () => (await import('./decode.ts')).decode,
  },
  {
    name: 'verify',
    group: TOKEN,
    summary: 'prove a token as a relying party would',
    load: async () => (await import('./verify.ts')).verify,
  },
  {
    name: 'credentials',
    group: CREDENTIALS,
    summary: 'fetch temporary session credentials',
    load: async () => (await import('./credentials.ts')).credentials,
  },
  {
    name: 'connect',
    group: DATABASE,
    summary: 'log in to MongoDB by OIDC or AWS and show each stage',
    load: async () => (await import('./connect.ts')).connect,
  },
  {
    name: 'exec',
    group: RUN,
    summary: 'run a program with a token file or credentials that stay valid',
    load: async () => (await import('./exec.ts')).exec,
    ownFailure: EXIT.ownFailure,
  },
  {
    name: 'agent',
    group: RUN,
    summary: 'keep token files and a credentials endpoint valid for other programs',
    load: async () => (await import('./agent.ts')).agent,
  },
  {
    name: 'uri',
    group: RUN,
    summary: 'print the connection string that lets a program log in with them',
    load: async () => (await import('./uri.ts')).uri,
  },
  {
    name: 'check',
    group: DIAGNOSE,
    summary: 'walk the whole chain, find the broken hop, say what to type',
    load: async () => (await import('./check.ts')).check,
  },
  {
    name: 'init',
    group: DIAGNOSE,
    summary: 'write a commented fedctl.yaml for check',
    load: async () => (await import('./init.ts')).init,
  },
  {
    name: 'explain',
    group: DIAGNOSE,
    summary: 'what a failure code means, or which one an error text is',
    load: async () => (await import('./explain.ts')).explain,
  },
  {
    name: 'sandbox',
    group: LAB,
    summary: 'start AWS, an issuer and MongoDB on this machine',
    load: async () => (await import('./sandbox.ts')).sandbox,
    subcommands: [
      {
        name: 'status',
        summary: 'what the running lab plays',
        load: async () => (await import('./sandbox/status.ts')).sandboxStatus,
      },
      {
        name: 'set',
        summary: 'change the running lab: federation, keys, users, delays',
        load: async () => (await import('./sandbox/set.ts')).sandboxSet,
      },
      {
        name: 'scenario',
        summary: 'break one thing in the running lab, as in reality',
        load: async () => (await import('./sandbox/scenario.ts')).sandboxScenario,
      },
      {
        name: 'clock',
        summary: 'read or move the clock of the running lab',
        load: async () => (await import('./sandbox/clock.ts')).sandboxClock,
      },
      {
        name: 'log',
        summary: 'each request to the running lab, with its true reason',
        load: async () => (await import('./sandbox/log.ts')).sandboxLog,
      },
      {
        name: 'stop',
        summary: 'end the running lab',
        load: async () => (await import('./sandbox/stop.ts')).sandboxStop,
      },
    ],
  },
  {
    name: 'demo',
    group: LAB,
    summary: 'see the whole job run on the lab',
    load: async () => (await import('./demo.ts')).demo,
  },
  {
    name: 'completion',
    group: SHELL,
    summary: 'print the script that completes fedctl in bash, zsh or fish',
    load: async () => (await import('./completion.ts')).completion,
  },
];

/** Accepted before and after the command. */
export const COMMON_OPTIONS = {
  profile: text('--profile <name>', 'AWS profile; beats keys in the environment', { values: 'profiles' }),
  region: text('--region <region>', 'AWS Region'),
  timeout: duration('--timeout <time>', 'bounds each network step (default: 30s)', 30),
  output: texts('--output <face>', 'how to answer: human (default) or json'),
  json: toggle('--json', 'short for --output json'),
  quiet: toggle('--quiet', 'no hints and no warnings'),
  verbose: toggle('--verbose', 'tell more on stderr'),
  noInput: toggle('--no-input', 'never ask anything'),
  noColor: toggle('--no-color', 'no colour'),
} as const;
