import type { LabChange } from '../../sandbox/control/controls.ts';
import type { LabStatus, LabTime } from '../../sandbox/control/status.ts';
import type { LabLogEntry } from '../../sandbox/log.ts';
import { shellWord } from '../core/command-line.ts';
import { formatDuration } from '../core/duration.ts';
import { epoch } from '../core/time.ts';

/** The cells of one table row. */
type Cells = readonly string[];

/**
 * Returns the shell command that loads the variables in a file. Adds `./` to a file name without a slash,
 * because the shell searches PATH for a file name without a slash (POSIX Shell Command Language, `dot`).
 */
export function sourceCommand(file: string): string {
  return `. ${shellWord(file.includes('/') ? file : `./${file}`)}`;
}

export function sandboxStatusDocument(status: LabStatus) {
  return { schema: 'fedctl.sandbox-status/v1', ...status } as const;
}

/** Formats the state of the lab as tables. */
export function sandboxStatusLines(status: LabStatus): readonly string[] {
  const parts: readonly (readonly [title: string, rows: readonly Cells[]])[] = [
    ['Endpoints', status.endpoints.map(({ name, url }) => [name, url])],
    [
      'Accounts',
      status.accounts.map(({ id, federation, issuer, keyIds }) => [
        id,
        `federation ${federation}`,
        issuer,
        keyIds.join(', '),
      ]),
    ],
    [
      'Identities',
      status.identities.map(({ arn, profile, may }) => [arn, `profile ${profile}`, mayText(may)]),
    ],
    [
      'Identity providers',
      status.identityProviders.map(({ id, displayName, issuer, audience, connected }) => [
        id,
        displayName,
        `issuer ${issuer}`,
        `audience ${audience}`,
        ...(connected ? [] : ['not connected']),
      ]),
    ],
    [
      'Database users',
      status.databaseUsers.map(({ username, mechanism, roles }) => [
        username,
        mechanism,
        roles.map(({ role, db }) => `${role}@${db}`).join(', '),
      ]),
    ],
    ['IP access list', status.accessList.map((entry) => [entry])],
    [
      'MFA devices',
      status.mfaDevices.map(({ serial, file }) => [serial, `secret for an authenticator app: ${file}`]),
    ],
    ['Changed', changedRows(status)],
  ];
  return parts
    .filter(([, rows]) => rows.length > 0)
    .flatMap(([title, rows], index) => [...(index === 0 ? [] : ['']), title, ...table(rows)]);
}

/** Returns the settings that differ from the defaults of a new lab. */
function changedRows({ clock, delays }: LabStatus): readonly Cells[] {
  const slow = Object.entries(delays).filter(([, ms]) => ms > 0);
  return [
    ...(clock.offsetSeconds === 0 ? [] : [['clock', clockText(clock)]]),
    ...slow.map(([hop, ms]) => [hop, `delayed by ${ms} ms`]),
  ];
}

function mayText(may: readonly string[]): string {
  if (may.length === 0) return 'no permissions';
  return may.includes('*') ? 'all permissions' : `permissions: ${may.join(', ')}`;
}

/**
 * Formats cells in columns, indented by two spaces. Values are never truncated, so that users can copy them.
 */
function table(rows: readonly Cells[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

export function sandboxClockDocument(time: LabTime) {
  return { schema: 'fedctl.sandbox-clock/v1', ...time } as const;
}

/** Formats the current time in the lab, for example `2026-11-22T12:10:00Z, 10 min ahead of the real time`. */
export function clockText({ now, offsetSeconds }: LabTime): string {
  const where =
    offsetSeconds === 0
      ? 'the real time'
      : `${formatDuration(offsetSeconds)} ${offsetSeconds > 0 ? 'ahead of' : 'behind'} the real time`;
  return `${now}, ${where}`;
}

export function sandboxChangesDocument(changes: readonly LabChange[]) {
  return { schema: 'fedctl.sandbox-set/v1', changes } as const;
}

/** Formats one line per change, for example `federation of 123456789012: enabled`. */
export function sandboxChangesLines(changes: readonly LabChange[]): readonly string[] {
  return changes.map(({ setting, of, value }) => `${setting.replaceAll('-', ' ')} ${of}: ${value}`);
}

export function sandboxLogDocument(entries: readonly LabLogEntry[]) {
  return { schema: 'fedctl.sandbox-log/v1', entries: entries.map(logEntryMembers) } as const;
}

function logEntryMembers({ at, ...entry }: LabLogEntry) {
  return { at: at.toISOString(), atEpoch: epoch(at), ...entry };
}

/** Formats one entry of the lab log, for example `lab 12:00:01 sts GetWebIdentityToken refused: … (arn:…)`. */
export function labLogLine(entry: LabLogEntry): string {
  const who = entry.principal === null ? '' : ` (${entry.principal})`;
  return `lab ${entry.at.toISOString().slice(11, 19)} ${entry.hop} ${entry.action} ${entry.decision}: ${entry.reason}${who}`;
}
