import type { CREDENTIAL_FORMATS } from '../../lib/formats/formats.ts';
import type { Theme } from '../../lib/render/theme.ts';
import type { CHECK_FORMATS } from '../check/reports.ts';
import { rows } from './rows.ts';

type Described<Name extends string> = Readonly<Record<Name, string>>;

/** The values of --output. */
export const OUTPUT_FORMATS: Described<(typeof CHECK_FORMATS)[number]> = {
  human: 'Text for people. The default.',
  json: 'One JSON document on standard output, or one error document on standard error.',
  short: 'check only: one line for each target.',
  junit: 'check only: JUnit XML, for the test report of a CI system.',
  github: 'check only: annotations of GitHub Actions, and a job summary.',
  markdown: 'check only: a table for an issue or a wiki.',
  html: 'check only: one file that needs no network.',
};

/** The values of credentials --format. */
export const SECRET_FORMATS: Described<(typeof CREDENTIAL_FORMATS)[number]> = {
  env: 'export statements for bash, zsh and other POSIX shells.',
  fish: 'set statements for fish.',
  powershell: 'Assignments for PowerShell.',
  cmd: 'A batch file for cmd.',
  dotenv: 'A .env file.',
  json: 'The JSON document of the command.',
  process: 'What credential_process of an AWS profile must print.',
  'github-env': 'Appends to the file that GITHUB_ENV names, and masks the secrets.',
};

/** The values of token --format. */
export const TOKEN_FORMATS: Described<'raw' | 'json' | 'header'> = {
  raw: 'The token and a newline. The default.',
  json: 'The JSON document of the command.',
  header: 'An Authorization header, for curl --header @-.',
};

/** The rules for every JSON document. */
export const DOCUMENT_RULES: readonly string[] = [
  'Each document has a member schema, such as fedctl.check/v1; schemas/<name>.v1.json in the package describes it. A release may add members. Removing or changing one increases the version.',
  'Times are RFC 3339 in UTC, each with a member …Epoch beside it, in seconds. Other durations name their unit.',
  'A member that is always present is null where there is no value. Warnings are in warnings, and a failure is fedctl.error/v1 on standard error. The exit code does not depend on the format.',
];

/** Lists the formats. */
export function formatLines(theme: Theme): readonly string[] {
  const section = (title: string, table: Described<string>) => [
    '',
    title,
    ...rows(Object.entries(table), theme),
  ];
  return [
    theme.prose(
      'The answer goes to standard output and everything else to standard error. check can write more formats to files: --output junit=report.xml.',
    ),
    ...section('--output, and --json for --output json:', OUTPUT_FORMATS),
    ...section('credentials --format:', SECRET_FORMATS),
    ...section('token --format:', TOKEN_FORMATS),
    '',
    'JSON documents:',
    ...DOCUMENT_RULES.map((rule) => `  ${theme.prose(rule)}`),
  ];
}
