import type { FederationState } from '../auth/federation.ts';
import type { Caller } from '../auth/identity.ts';
import type { IssuerReport } from '../auth/issuer-report.ts';
import { block, type Row } from './block.ts';
import { callerMembers, overrideText } from './caller.ts';
import { issuerMembers, issuerRows, type Offer } from './issuer-report.ts';
import type { Theme } from './theme.ts';

/** The result of `status`. */
export interface Status {
  readonly caller: Caller;
  readonly federation: FederationState;
  readonly report: IssuerReport;
}

export function statusDocument({ caller, federation, report }: Status, offer: Offer) {
  return {
    schema: 'fedctl.status/v1',
    ...callerMembers(caller),
    ...federation,
    ...issuerMembers(report, offer),
  } as const;
}

/**
 * @param enable the command line that enables federation for this account; null if part of this command line
 *   is unknown
 */
export function statusLines(
  { caller, federation, report }: Status,
  enable: string | null,
  theme: Theme,
): readonly string[] {
  const rows: Row[] = [
    ['account', caller.account],
    ['principal', caller.arn],
    ['Region', caller.region.name],
    ...caller.overrides.map((override): Row => ['endpoint', overrideText(override)]),
  ];
  if (federation.issuer !== null) rows.push(['issuer', federation.issuer], ...issuerRows(report));
  return [headline(caller, federation, enable, theme), '', ...block(rows, theme)];
}

function headline(
  { account }: Caller,
  federation: FederationState,
  enable: string | null,
  theme: Theme,
): string {
  switch (federation.state) {
    case 'enabled':
      return `${theme.good('enabled')} Account ${account} issues tokens.`;
    case 'disabled':
      return `${theme.caution('disabled')} Account ${account} does not issue tokens.${enable === null ? '' : ` To enable federation: ${theme.typed(enable)}`}`;
    case 'unknown':
      return `${theme.caution('unknown')} This principal lacks ${federation.missingPermission}, which is required to read the state.`;
  }
}
