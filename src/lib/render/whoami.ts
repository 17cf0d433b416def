import type { AtlasSide, Caller, Subject, Workload } from '../auth/identity.ts';
import type { ResolvedCredentials } from '../core/credentials.ts';
import { formatDuration } from '../core/duration.ts';
import { rfc3339, timePair } from '../core/time.ts';
import { atlasSideLines } from './atlas-side.ts';
import { block, type Row } from './block.ts';
import { overrideText } from './caller.ts';
import type { Theme } from './theme.ts';

/** The result of `whoami`. */
export interface WhoAmI {
  readonly caller: Caller;
  readonly credentials: ResolvedCredentials;
  readonly endpoints: { readonly sts: string; readonly iam: string };
  /** If several credential providers had credentials, the notes say why these credentials were chosen. */
  readonly notes: readonly string[];
  readonly workload: Workload;
  /** Whether the credentials may belong to a person instead of the workload. */
  readonly mayBeOperator: boolean;
  readonly atlas: AtlasSide;
}

/**
 * Formats the result as JSON without secrets. The JSON contains the access key ID, which is not a secret, and
 * the source of the credentials.
 */
export function whoamiDocument({ caller, credentials, endpoints, notes, atlas }: WhoAmI) {
  return {
    schema: 'fedctl.whoami/v1',
    account: caller.account,
    arn: caller.arn,
    userId: caller.userId,
    subject: caller.subject,
    credentials: {
      provider: credentials.provider,
      detail: credentials.providerDetail,
      accessKeyId: credentials.accessKeyId,
      temporary: credentials.sessionToken !== null,
      ...(credentials.expiresAt === null
        ? { expiresAt: null, expiresAtEpoch: null }
        : timePair('expiresAt', credentials.expiresAt)),
    },
    region: caller.region,
    endpoints,
    endpointOverrides: caller.overrides,
    notes,
    atlas,
  } as const;
}

export function whoamiLines(
  { caller, credentials, endpoints, notes, workload, mayBeOperator, atlas }: WhoAmI,
  now: Date,
  theme: Theme,
): readonly string[] {
  const rows: Row[] = [
    ['account', caller.account],
    ['ARN', caller.arn],
    ...subjectRows(caller.subject, caller.arn),
    ['credentials', credentials.providerDetail],
    ['access key', credentials.accessKeyId],
    ['expires', expiryText(credentials, now)],
    ['Region', `${caller.region.name}   (${caller.region.source})`],
    ['STS', endpoints.sts],
    ['IAM', endpoints.iam],
    ...caller.overrides.map((override): Row => ['override', overrideText(override)]),
    ...notes.map((note): Row => ['note', note]),
  ];
  return [
    ...block(rows, theme),
    '',
    ...atlasSideLines(atlas, workload, caller, theme),
    ...(mayBeOperator ? ['', ...OPERATOR.map((line) => theme.prose(theme.dim(line)))] : []),
  ];
}

const OPERATOR = [
  'These values are for the principal that runs whoami. If the workload runs as another principal, run:',
  'fedctl whoami --profile <profile of the workload>   (or --role-arn <arn of its role>)',
];

function subjectRows(subject: Subject, callerArn: string): readonly Row[] {
  if (subject.arn === null) return [['subject', 'none: AWS mints no tokens for this caller']];
  if (subject.arn === callerArn) return [];
  const doubt = {
    certain: '',
    guessed: '   (if the role has no path)',
    incomplete: '   (without the path of the role)',
  }[subject.certainty];
  return [['role', `${subject.arn}${doubt}`]];
}

function expiryText({ expiresAt, sessionToken }: ResolvedCredentials, now: Date): string {
  if (expiresAt === null) {
    return sessionToken === null
      ? 'never (long-term credentials)'
      : 'temporary; the provider does not report the expiration';
  }
  const seconds = (expiresAt.getTime() - now.getTime()) / 1000;
  const distance = seconds > 0 ? `in ${formatDuration(seconds)}` : `${formatDuration(seconds)} ago`;
  return `${rfc3339(expiresAt)}, ${distance}`;
}
