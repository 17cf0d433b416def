import type { AtlasSide, Caller, Workload } from '../auth/identity.ts';
import { block, type Row } from './block.ts';
import type { Theme } from './theme.ts';

const ROLE = '<ARN of the role of the workload>';

/** Formats the values that the user must enter in Atlas. Unknown values are shown as placeholders. */
export function atlasSideLines(
  side: AtlasSide,
  workload: Workload,
  caller: Caller,
  theme: Theme,
): readonly string[] {
  const { issuer, audience, userClaim } = side.identityProvider;
  const oidc: Row[] = [
    ['issuer URI', issuer ?? '<issuer>   ("fedctl status" prints the issuer if federation is enabled)'],
    ['audience', audience ?? '<the audience that the workload mints tokens for>'],
    ['authorization', 'USER (in the console: User ID)'],
    ['user claim', userClaim],
    ['database user', side.oidcUser?.username ?? `<idpId>/${ROLE}`],
    ['database', '$external'],
  ];
  const parts = [
    theme.strong('Atlas, for MONGODB-OIDC: a workload identity provider and a database user'),
    ...block(oidc, theme),
    '',
    theme.strong('Atlas, for MONGODB-AWS: a database user of type AWS IAM'),
    ...awsLines(side, workload, theme),
  ];
  const note = principalNote(workload, caller).map((line) => theme.prose(theme.dim(line)));
  return [...parts, ...(note.length === 0 ? [] : ['', ...note])];
}

function awsLines({ awsUser }: AtlasSide, { subject }: Workload, theme: Theme): readonly string[] {
  if (awsUser === null && subject !== null)
    return ['  not possible for this caller: use a role or an IAM user'];
  const { awsIAMType, username, database } = awsUser ?? {
    awsIAMType: 'ROLE',
    username: ROLE,
    database: '$external',
  };
  return block(
    [
      ['type', awsIAMType],
      ['database user', username],
      ['database', database],
    ],
    theme,
  );
}

/**
 * Returns a note if the ARN may be wrong or incomplete. The note says why, and how to find the correct ARN.
 * Returns an empty list if the ARN is correct.
 */
function principalNote({ subject, source }: Workload, caller: Caller): readonly string[] {
  if (subject === null) {
    return [
      `The workload is unknown: the operator ${caller.arn} ran this command.`,
      'Specify the role of the workload with --role-arn <arn>, or run fedctl with the credentials of the workload: fedctl whoami --profile <profile of the workload>',
    ];
  }
  if (source === '--role-arn') {
    return [
      `These values are for the role in --role-arn, not for the operator ${caller.arn} that ran this command.`,
    ];
  }
  switch (subject.certainty) {
    case 'certain':
      return [];
    case 'guessed':
      return [
        'A session ARN does not contain the path of its role. If the role has a path, look up the ARN: fedctl token --audience <audience> | fedctl decode',
      ];
    case 'incomplete':
      return [
        'This role has a path, which the session ARN does not contain. The ARN above is incomplete. Look up the ARN: fedctl token --audience <audience> | fedctl decode',
      ];
  }
}
