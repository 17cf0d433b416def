import type { Caller } from '../auth/identity.ts';
import { block } from './block.ts';
import { callerMembers, changeHints } from './caller.ts';
import type { Theme } from './theme.ts';

/** The result of `disable`. */
export interface Disabled {
  readonly caller: Caller;
  readonly changed: boolean;
  readonly issuer: string | null;
}

/**
 * Returns the lines that are shown before federation is disabled: the caller, the account and the
 * consequences (facts/aws.md 1).
 */
export function disableHints(caller: Caller): readonly string[] {
  return [
    ...changeHints('Disabling', caller),
    'Without federation, no workload of the account can mint tokens for any service.',
    'Issued tokens stay valid for up to an hour, the keys stay published, and STS',
    'continues to mint for about ten seconds.',
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
      `${theme.caution('disabled')} Outbound federation of account ${caller.account} was already disabled. Nothing was changed.`,
    ];
  }
  return [
    `${theme.caution('disabled')} Outbound federation of account ${caller.account} is now disabled.`,
    '',
    ...block(
      [
        ['account', caller.account],
        ['principal', caller.arn],
        ['Region', caller.region.name],
        ['issuer', issuer === null ? 'unknown; it does not change' : `${issuer}   (does not change)`],
        ['minting', 'stops in about ten seconds'],
        ['issued tokens', 'stay valid for up to an hour'],
        ['to undo', 'fedctl enable'],
      ],
      theme,
    ),
  ];
}
