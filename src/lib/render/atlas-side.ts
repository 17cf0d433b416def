import type { AtlasSide, Subject } from '../auth/identity.ts';
import { block, type Row } from './block.ts';
import type { Theme } from './theme.ts';

/** What to copy to Atlas, for a person. */
export function atlasSideLines(side: AtlasSide, subject: Subject, theme: Theme): readonly string[] {
  const { issuer, audience, userClaim } = side.identityProvider;
  const oidc: Row[] = [
    ['issuer URI', issuer ?? '<issuer>   (fedctl status prints it once federation is enabled)'],
    ['audience', audience ?? '<the audience that the workload asks tokens for>'],
    ['authorization', 'USER (in the console: User ID)'],
    ['user claim', userClaim],
    ['database user', side.oidcUser?.username ?? '<idpId>/<ARN of the role of the workload>'],
    ['database', '$external'],
  ];
  const parts = [
    theme.strong('Atlas, for MONGODB-OIDC: an identity provider (workload) and a database user'),
    ...block(oidc, theme),
    '',
    theme.strong('Atlas, for MONGODB-AWS: a database user of type AWS IAM'),
    ...(side.awsUser === null
      ? ['  this caller cannot be one: use a role or an IAM user']
      : awsBlock(side.awsUser, theme)),
  ];
  const note = certaintyNote(subject).map(theme.dim);
  return [...parts, ...(note.length === 0 ? [] : ['', ...note])];
}

function awsBlock(
  { awsIAMType, username, database }: NonNullable<AtlasSide['awsUser']>,
  theme: Theme,
): readonly string[] {
  return block(
    [
      ['type', awsIAMType],
      ['database user', username],
      ['database', database],
    ],
    theme,
  );
}

/** Says how far the ARN can be trusted; empty where there is nothing to say. */
function certaintyNote({ certainty }: Subject): readonly string[] {
  switch (certainty) {
    case 'certain':
      return [];
    case 'guessed':
      return [
        'The ARN of a session has lost the path of its role. If the role has a path,',
        'look the ARN up with: fedctl token --audience <audience> | fedctl decode',
      ];
    case 'incomplete':
      return [
        'This role has a path, and the ARN of a session has lost it: the ARN above is',
        'not complete. Look it up with: fedctl token --audience <audience> | fedctl decode',
      ];
  }
}
