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
import { refuseTwoFaces } from './faces.ts';
import { choice, duration, tags } from './options/kinds.ts';
import { type OptionValues, text, texts } from './options/option.ts';
import { belongsToRole } from './options/role.ts';

// No environment form for a list of pairs, nor for what means something else to `token`.
const FLAG_ONLY = { env: false };

const OPTIONS = {
  roleArn: texts('--role-arn <arn>', 'assume this role; repeatable, each from the one before'),
  externalId: text('--external-id <id>', 'external id that the roles ask for'),
  sessionName: text('--session-name <name>', 'name of the role session (default: fedctl-<user>)'),
  sessionTag: tags('--session-tag <key=value>', 'tag the last session; repeatable'),
  transitiveTag: texts('--transitive-tag <key>', 'tag that later sessions inherit; repeatable', FLAG_ONLY),
  sourceIdentity: text('--source-identity <name>', 'who is behind the session, for CloudTrail'),
  mfaSerial: text('--mfa-serial <arn>', 'MFA device of the user; its code is asked for'),
  duration: duration('--duration <time>', 'of the session (by AWS: role 1h, user 12h)', null, FLAG_ONLY),
  format: choice('--format <format>', 'print the secrets in this form', CREDENTIAL_FORMATS, null, FLAG_ONLY),
} as const;

export const credentials = command({
  arguments: '',
  examples: [
    'fedctl credentials                            # who, from where and until when; no secrets',
    'eval "$(fedctl credentials --format env)"     # bash, zsh',
    'fedctl credentials --role-arn arn:aws:iam::123456789012:role/app --format fish | source',
    'eval "$(fedctl credentials --mfa-serial arn:aws:iam::123456789012:mfa/ada --format env)"',
    'fedctl credentials --format github-env        # in a step of GitHub Actions',
  ],
  notes: `Without --role-arn: GetSessionToken for long-term keys; temporary credentials are given as they are, because AWS
does not let session credentials call GetSessionToken. Several --role-arn are a chain, first to last; AWS caps
the session of a role that was assumed from another role at 1 h. An MFA code is asked for on the terminal,
hidden, where --mfa-serial or mfa_serial of the profile names a device. The Region is not part of any format.
In a profile of ~/.aws/config: credential_process = fedctl credentials --profile <other> --format process`,
  options: OPTIONS,
  run,
});

async function run(invocation: Invocation<typeof OPTIONS>): Promise<Answer | Ended> {
  const { context, options, common, theme } = invocation;
  const { format } = options;
  refuseTwoFaces(common.output, format);
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
    message: 'GITHUB_ENV is not set, so there is no file to append to.',
    likelyCause: '--format github-env works in a step of a GitHub Actions job only.',
    remedy: 'To set variables in a shell: eval "$(fedctl credentials --format env)".',
  });
}

/** Masks first: from the moment the runner reads the file, a later step may print what it holds. */
async function appendToGithubEnv(stdout: Output, credentials: Credentials, file: string): Promise<void> {
  const variables = credentialVariables(credentials);
  const secrets = variables.filter(({ name }) => name !== 'AWS_CREDENTIAL_EXPIRATION');
  stdout.write(secrets.flatMap(({ value }) => (value ? [WorkflowCommand.mask(value)] : [])));
  await appendToFile(file, githubEntries(variables, `fedctl-${randomUUID()}`));
}

/** SDKs that find AWS_PROFILE ignore keys in the environment (facts/aws.md 7.4): what was just set has no effect. */
function profileWarnings(env: Context['env'], format: string): readonly Warning[] {
  if (format === 'process' || (env['AWS_PROFILE'] ?? '') === '') return [];
  return [
    {
      code: 'aws.profile-beats-keys',
      message: 'AWS_PROFILE is set: several SDKs then ignore keys in the environment.',
      remedy: 'Unset AWS_PROFILE for the programs that use these keys.',
    },
  ];
}
