import type { Propagation } from '../auth/federation.ts';
import type { AtlasSide, Caller, Workload } from '../auth/identity.ts';
import type { IssuerReport } from '../auth/issuer-report.ts';
import { formatDuration } from '../core/duration.ts';
import { atlasSideLines } from './atlas-side.ts';
import { block } from './block.ts';
import { callerMembers } from './caller.ts';
import { issuerMembers, issuerRows, type Offer } from './issuer-report.ts';
import type { Theme } from './theme.ts';

/** The result of `enable`. */
export interface Enabled {
  readonly caller: Caller;
  readonly changed: boolean;
  readonly issuer: string | null;
  readonly report: IssuerReport;
  /** The result of waiting for STS; null if --no-wait is set. */
  readonly propagation: Propagation | null;
  readonly probeAudience: string;
  readonly workload: Workload;
  readonly atlas: AtlasSide;
}

export function enableDocument(enabled: Enabled, offer: Offer) {
  return {
    schema: 'fedctl.enable/v1',
    ...callerMembers(enabled.caller),
    state: 'enabled',
    changed: enabled.changed,
    issuer: enabled.issuer,
    ...issuerMembers(enabled.report, offer),
    propagation: propagationDocument(enabled),
    atlas: enabled.atlas,
  } as const;
}

function propagationDocument({ propagation, probeAudience }: Enabled) {
  const minting = propagation?.outcome === 'minting' ? propagation : null;
  return {
    outcome: propagation?.outcome ?? 'not-waited',
    audience: probeAudience,
    ms: minting?.ms ?? null,
    attempts: minting?.attempts ?? null,
  };
}

export function enableLines(enabled: Enabled, theme: Theme): readonly string[] {
  const { caller, changed, issuer, report } = enabled;
  return [
    `${theme.good('enabled')} Outbound federation of account ${caller.account} ${changed ? 'is now enabled.' : 'was already enabled. Nothing was changed.'}`,
    '',
    ...block(
      [
        ['account', caller.account],
        ['principal', caller.arn],
        ['Region', caller.region.name],
        ['issuer', issuer ?? 'unknown: this principal lacks the permission to read the issuer'],
        ...issuerRows(report),
        ['tokens', tokensText(enabled)],
      ],
      theme,
    ),
    '',
    ...atlasSideLines(enabled.atlas, enabled.workload, caller, theme),
  ];
}

function tokensText({ propagation, caller, changed }: Enabled): string {
  const region = caller.region.name;
  if (propagation === null) return 'skipped (--no-wait): STS starts to mint tokens after about ten seconds';
  if (propagation.outcome === 'caller-cannot-mint') return 'unknown: this principal cannot mint tokens';
  if (propagation.ms < 1000) return `minted in ${region}, immediately`;
  return `minted in ${region}, ${formatDuration(propagation.ms / 1000)} after ${changed ? 'federation was enabled' : 'the first attempt'}`;
}
