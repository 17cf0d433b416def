import type { Caller } from '../auth/identity.ts';
import { block } from './block.ts';
import { callerMembers, changeHints } from './caller.ts';
import type { Theme } from './theme.ts';

/** What came of `disable`. */
export interface Disabled {
  readonly caller: Caller;
  readonly changed: boolean;
  readonly issuer: string | null;
}

/** Who, where, and what breaks: said before anything is changed (facts/aws.md 1). */
export function disableHints(caller: Caller): readonly string[] {
  return [
    ...changeHints('Disabling', caller),
    'Every workload of the account loses its tokens, for MongoDB and elsewhere.',
    'Live tokens stay valid for up to an hour, the keys stay published, and STS goes',
    'on minting for about ten seconds.',
  ];
}

export function disableDocument({ caller, changed, issuer }: Disabled) {
  return {
    schema: 'fedctl.disable/v1',
    ...callerMembers(caller),
    state: 'disabled',
    changed,
    issuer,
  } as const;
}

export function disableLines({ caller, changed, issuer }: Disabled, theme: Theme): readonly string[] {
  if (!changed) {
    return [
      `${theme.caution('disabled')} Outbound federation of account ${caller.account} was disabled already; nothing was changed.`,
    ];
  }
  return [
    `${theme.caution('disabled')} Outbound federation of account ${caller.account} is disabled now.`,
    '',
    ...block(
      [
        ['account', caller.account],
        ['principal', caller.arn],
        ['Region', caller.region.name],
        ['issuer', issuer === null ? 'unknown; it stays the same' : `${issuer}   (stays the same)`],
        ['minting', 'ends in about ten seconds'],
        ['live tokens', 'stay valid for up to an hour'],
        ['to undo', 'fedctl enable'],
      ],
      theme,
    ),
  ];
}
