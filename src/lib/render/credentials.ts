import type { SessionCredentials } from '../auth/session-credentials.ts';
import { formatDuration } from '../core/duration.ts';
import { timePair } from '../core/time.ts';
import type { Theme } from './theme.ts';

/** Formats session credentials as JSON: schema `fedctl.credentials/v1`. The document contains secrets. */
export function credentialsDocument({ operation, arn, credentials }: SessionCredentials) {
  const { accessKeyId, secretAccessKey, sessionToken, expiresAt } = credentials;
  return {
    schema: 'fedctl.credentials/v1',
    operation,
    arn,
    accessKeyId,
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken === null ? null : sessionToken.reveal(),
    ...(expiresAt === null ? { expiresAt: null, expiresAtEpoch: null } : timePair('expiresAt', expiresAt)),
  } as const;
}

const MADE_BY: Readonly<Record<SessionCredentials['operation'], string>> = {
  GetSessionToken: 'GetSessionToken',
  AssumeRole: 'AssumeRole',
  none: 'none: the credentials are already temporary',
};

const USES: readonly (readonly [string, string])[] = [
  ['eval "$(fedctl credentials --format env)"', 'bash, zsh'],
  ['fedctl credentials --format fish | source', 'fish'],
  ['fedctl credentials --format powershell | Out-String | Invoke-Expression', 'PowerShell'],
  ['credential_process = fedctl credentials --profile <base> --format process', 'in ~/.aws/config'],
];

/**
 * Formats session credentials for people: the principal, the source, the expiration, and how to print the
 * secrets. The lines do not contain the secrets.
 */
export function credentialsLines(session: SessionCredentials, now: Date, theme: Theme): readonly string[] {
  const { credentials } = session;
  const lines: readonly (readonly [string, string])[] = [
    ['principal', session.arn],
    ['source', MADE_BY[session.operation]],
    ['source', session.providerDetail],
    ['valid until', validUntil(credentials.expiresAt, now)],
    ['access key ID', credentials.accessKeyId],
    ['secret key', '(not shown)'],
    ['session token', credentials.sessionToken === null ? 'none' : '(not shown)'],
  ];
  const width = Math.max(...USES.map(([typed]) => typed.length));
  return [
    ...lines.map(([name, value]) => `${theme.dim(name.padEnd(14))} ${value}`),
    '',
    'To use these credentials, repeat the command with --format:',
    ...USES.map(([typed, where]) => `  ${theme.typed(typed.padEnd(width))}  ${theme.dim(where)}`),
  ];
}

function validUntil(expiresAt: Date | null, now: Date): string {
  if (expiresAt === null) return 'unknown: the provider does not report the expiration';
  const left = formatDuration((expiresAt.getTime() - now.getTime()) / 1000);
  return `${timePair('expiresAt', expiresAt).expiresAt} (in ${left})`;
}
