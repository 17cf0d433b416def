import type { CREDENTIAL_FORMATS } from '../../lib/formats/formats.ts';
import type { Theme } from '../../lib/render/theme.ts';
import type { CHECK_FORMATS } from '../check/reports.ts';
import { rows } from './rows.ts';

type Described<Name extends string> = Readonly<Record<Name, string>>;

/** The values of --output. */
export const OUTPUT_FORMATS: Described<(typeof CHECK_FORMATS)[number]> = {
  human: 'Text for people. The default.',
  json: 'One JSON document on standard output, or one error document on standard error.',
  short: 'Failures and a summary (only check).',
  junit: 'JUnit XML for the test report of a CI system (only check).',
  github: 'Annotations and a job summary for GitHub Actions (only check).',
  markdown: 'A table for an issue or a wiki (only check).',
  html: 'A self-contained HTML file (only check).',
};

/** The values of `fedctl credentials --format`. */
export const SECRET_FORMATS: Described<(typeof CREDENTIAL_FORMATS)[number]> = {
  env: 'Shell commands for bash, zsh and other POSIX shells (export).',
  fish: 'Shell commands for fish (set).',
  powershell: 'Assignments for PowerShell.',
  cmd: 'A batch file for cmd.',
  dotenv: 'A .env file.',
  json: 'The JSON document of the command.',
  process: 'JSON for credential_process of an AWS profile.',
  'github-env': 'Appends to the file in GITHUB_ENV, and masks the secrets.',
};

/** The values of `fedctl token --format`. */
export const TOKEN_FORMATS: Described<'raw' | 'json' | 'header'> = {
  raw: 'The token and a newline. The default.',
  json: 'The JSON document of the command.',
  header: 'An Authorization header, for curl --header @-.',
};

/** The rules for every JSON document. */
export const DOCUMENT_RULES: readonly string[] = [
  'Each document has a member "schema" with a value such as fedctl.check/v1. The file schemas/<name>.v1.json in the package describes the document. A release may add members. If a member is removed or changed, the version increases.',
  'Times are in RFC 3339 format in UTC. A second member with the suffix Epoch contains the same time in seconds since 1970. The name of a duration includes the unit.',
  'A required member without a value is null. The member "warnings" contains the warnings. A failure is a fedctl.error/v1 document on standard error. The exit code does not depend on the format.',
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
      'fedctl writes the result to standard output, and all other text to standard error. "fedctl check" can also write reports to files, for example with --output junit=report.xml.',
    ),
    ...section('--output (--json is the same as --output json):', OUTPUT_FORMATS),
    ...section('credentials --format:', SECRET_FORMATS),
    ...section('token --format:', TOKEN_FORMATS),
    '',
    'JSON documents:',
    ...DOCUMENT_RULES.map((rule) => `  ${theme.prose(rule)}`),
  ];
}
