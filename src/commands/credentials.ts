import { randomUUID } from 'node:crypto';
import { type SessionRequest, sessionCredentials } from '../lib/auth/session-credentials.ts';
import type { Context } from '../lib/core/context.ts';
import type { Credentials } from '../lib/core/credentials.ts';
import { FedctlError, type Warning } from '../lib/core/errors.ts';
import { EXIT } from '../lib/core/exit-codes.ts';
import { appendToFile } from '../lib/files/append-file.ts';
import { CREDENTIAL_FORMATS, TEXT_FORMATS } from '../lib/formats/formats.ts';
import { githubEntries } from '../lib/formats/github-env.ts';
import { credentialVariables } from '../lib/formats/variables.ts';
import { credentialsDocument, credentialsLines } from '../lib/render/credentials.ts';
import { JsonLine } from '../lib/render/json.ts';
import { linesOf, type Output } from '../lib/render/output.ts';
import { WorkflowCommand } from '../lib/render/workflow-command.ts';
import { type Answer, command, type Ended, type Invocation } from './command.ts';
import { choice, duration, tags } from './options/kinds.ts';
import { type OptionValues, text, texts } from './options/option.ts';
import { belongsToRole } from './options/role.ts';
import { refuseTwoFormats } from './output-formats.ts';

// These options have no environment variable, because a variable cannot contain a list, and some of the options
// have a different meaning in the command `token`.
const FLAG_ONLY = { env: false };

const OPTIONS = {
  roleArn: texts('--role-arn <arn>', 'Role to assume; repeat the option to chain roles'),
  externalId: text('--external-id <id>', 'External ID that the roles require'),
  sessionName: text('--session-name <name>', 'Name of the role session (default: fedctl-<user>)'),
  sessionTag: tags('--session-tag <key=value>', 'Session tag for the last role; repeatable'),
  transitiveTag: texts(
    '--transitive-tag <key>',
    'Key of a session tag that later role sessions inherit; repeatable',
    FLAG_ONLY,
  ),
  sourceIdentity: text('--source-identity <name>', 'Source identity of the session, for CloudTrail'),
  mfaSerial: text('--mfa-serial <arn>', 'MFA device of the user; fedctl prompts for the code'),
  duration: duration(
    '--duration <time>',
    'Session duration (AWS default: role 1h, user 12h)',
    null,
    FLAG_ONLY,
  ),
  format: choice('--format <format>', 'Output format of the secrets', CREDENTIAL_FORMATS, null, FLAG_ONLY),
} as const;

export const credentials = command({
  arguments: '',
  examples: [
    'fedctl credentials                            # principal, source and expiration; no secrets',
    'eval "$(fedctl credentials --format env)"     # bash, zsh',
    'fedctl credentials --role-arn arn:aws:iam::123456789012:role/app --format fish | source',
    'eval "$(fedctl credentials --mfa-serial arn:aws:iam::123456789012:mfa/ada --format env)"',
    'fedctl credentials --format github-env        # in a step of GitHub Actions',
  ],
  notes: `Without --role-arn, fedctl exchanges long-term credentials for temporary credentials with GetSessionToken.
It prints temporary credentials unchanged, because AWS does not accept them for GetSessionToken. Several --role-arn
options form a role chain, from first to last. With role chaining, AWS limits the session to 1 h. fedctl prompts for
an MFA code if a device is specified with --mfa-serial or with mfa_serial in the profile. No format includes the
Region. In a profile of ~/.aws/config: credential_process = fedctl credentials --profile <other> --format process`,
  options: OPTIONS,
  run,
});

async function run(invocation: Invocation<typeof OPTIONS>): Promise<Answer | Ended> {
  const { context, options, common, theme } = invocation;
  const { format } = options;
  refuseTwoFormats(common.output, format);
  const request = sessionRequest(options);
  const githubEnv = format === 'github-env' ? githubEnvFile(context.env) : null;
  const session = await invocation.progress.during('Fetching session credentials', () =>
    sessionCredentials(context, invocation.awsSettings, request),
  );
  context.signal.throwIfAborted();
  const warnings = format === null || format === 'json' ? [] : profileWarnings(context.env, format);
  for (const warning of warnings) invocation.warn(warning);
  if (githubEnv !== null) {
    await appendToGithubEnv(invocation.stdout, session.credentials, githubEnv);
    return { exitCode: EXIT.done };
  }
  const document = credentialsDocument(session);
  const { secretAccessKey, sessionToken } = session.credentials;
  const discloses = [secretAccessKey, ...(sessionToken === null ? [] : [sessionToken])];
  if (format === null) {
    return { document, lines: credentialsLines(session, context.now(), theme), discloses };
  }
  if (format === 'json') {
    const told = warnings.map((warning) => ({ ...warning, command: invocation.offer(warning.command) }));
    return { document, lines: [new JsonLine({ ...document, warnings: told })], discloses };
  }
  if (format === 'github-env') return { document, lines: [] };
  const lines = linesOf(TEXT_FORMATS[format](session));
  return { document, lines, discloses, ...(format === 'cmd' ? { end: '\r\n' } : {}) };
}

function sessionRequest(options: OptionValues<typeof OPTIONS>): SessionRequest {
  const { roleArn, externalId, sessionName, sessionTag, transitiveTag, sourceIdentity } = options;
  if (roleArn.length === 0) {
    if (externalId !== null) throw belongsToRole('--external-id');
    if (sessionName !== null) throw belongsToRole('--session-name');
    if (sessionTag.length > 0) throw belongsToRole('--session-tag');
    if (transitiveTag.length > 0) throw belongsToRole('--transitive-tag');
    if (sourceIdentity !== null) throw belongsToRole('--source-identity');
  }
  return {
    roleArns: roleArn,
    externalId,
    sessionName,
    tags: sessionTag,
    transitiveTagKeys: transitiveTag,
    sourceIdentity,
    durationSeconds: options.duration,
    mfaSerial: options.mfaSerial,
  };
}

function githubEnvFile(env: Context['env']): string {
  const file = env['GITHUB_ENV'];
  if (file !== undefined && file !== '') return file;
  throw new FedctlError('usage.unwritable-output', {
    message: 'GITHUB_ENV is not set, so the file to append to is unknown.',
    likelyCause: '--format github-env works only in a GitHub Actions job.',
    remedy: 'To set variables in a shell, run: eval "$(fedctl credentials --format env)".',
  });
}

/**
 * Appends the credentials to the file in GITHUB_ENV. Masks the values first, because a later step may
 * print them.
 */
async function appendToGithubEnv(stdout: Output, credentials: Credentials, file: string): Promise<void> {
  const variables = credentialVariables(credentials);
  const secrets = variables.filter(({ name }) => name !== 'AWS_CREDENTIAL_EXPIRATION');
  stdout.write(secrets.flatMap(({ value }) => (value ? [WorkflowCommand.mask(value)] : [])));
  await appendToFile(file, githubEntries(variables, `fedctl-${randomUUID()}`));
}

/**
 * Warns if AWS_PROFILE is set: SDKs then ignore keys in the environment (facts/aws.md 7.4), so the new
 * variables have no effect.
 */
function profileWarnings(env: Context['env'], format: string): readonly Warning[] {
  if (format === 'process' || (env['AWS_PROFILE'] ?? '') === '') return [];
  return [
    {
      code: 'aws.profile-beats-keys',
      message: 'AWS_PROFILE is set, so several SDKs ignore the credentials in the environment.',
      remedy: 'Unset AWS_PROFILE for the programs that use these credentials.',
    },
  ];
}
