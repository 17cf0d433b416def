import { switchOn, waitUntilMinting } from '../lib/auth/federation.ts';
import {
  atlasSide,
  type Caller,
  identifyCaller,
  namedRole,
  type Workload,
  workloadWarnings,
} from '../lib/auth/identity.ts';
import { examineIssuer, NO_ISSUER } from '../lib/auth/issuer-report.ts';
import { minting, validateMintRequest } from '../lib/auth/mint.ts';
import { validateRoleArn } from '../lib/auth/role.ts';
import { rerun } from '../lib/core/command-line.ts';
import type { FedctlError, Warning } from '../lib/core/errors.ts';
import { invalidValue } from '../lib/core/invalid-value.ts';
import type { MintRequest } from '../lib/core/token.ts';
import { changeHints } from '../lib/render/caller.ts';
import { type Enabled, enableDocument, enableLines } from '../lib/render/enable.ts';
import { command } from './command.ts';
import { duration } from './options/kinds.ts';
import { text, toggle } from './options/option.ts';

const PROBE_AUDIENCE = 'fedctl-enable-probe';
const LONGEST_WAIT_SECONDS = 3600;

export const enable = command({
  arguments: '',
  examples: [
    'fedctl enable                              # enable, and wait until AWS mints tokens',
    'fedctl enable --audience my-atlas          # wait for a token with the audience of the workloads',
    'fedctl enable --role-arn arn:aws:iam::123456789012:role/app   # show the values for Atlas',
    'fedctl enable --no-wait --json             # enable without waiting',
  ],
  notes: `Applies to the whole account, and is safe to repeat.
Requires iam:EnableOutboundWebIdentityFederation. To read the issuer of an account that is already enabled, the
command requires iam:GetOutboundWebIdentityFederationInfo. To wait until STS mints tokens, it requires
sts:GetWebIdentityToken; without this permission, the command still enables federation, prints a warning and exits
with 0. While fedctl waits, it mints tokens for --audience and discards them. Each of these tokens is valid for 60
seconds. The values for Atlas describe the role of the workload (--role-arn), not the operator that runs enable.`,
  options: {
    noWait: toggle('--no-wait', 'Return without waiting until STS mints tokens'),
    waitTimeout: duration('--wait-timeout <time>', 'Maximum time to wait (default: 60s)', 60),
    audience: text('--audience <aud>', `Audience of the test tokens (default: ${PROBE_AUDIENCE})`),
    roleArn: text(
      '--role-arn <arn>',
      'Role for which to show the values for Atlas; fedctl does not assume this role',
    ),
  },
  async run({ context, common, options, awsSettings, warn, hint, progress, theme, offer }) {
    const request: MintRequest = {
      audience: [options.audience ?? PROBE_AUDIENCE],
      signingAlgorithm: 'RS256',
      durationSeconds: 60,
      tags: [],
    };
    validateMintRequest(request);
    if (options.roleArn !== null) validateRoleArn(options.roleArn);
    const waitMs = milliseconds(options.waitTimeout);
    const { signal } = context;
    const { timeoutMs } = common;

    const aws = await context.aws(awsSettings);
    const caller = await identifyCaller(aws, signal);
    for (const line of changeHints('Enabling', caller)) hint(line);
    const switched = await switchOn(await aws.iam(), signal);
    const propagation = options.noWait
      ? null
      : await progress.during(`Waiting until STS mints tokens in ${caller.region.name}`, () =>
          waitUntilMinting(minting(aws, request, { timeoutMs, signal }), waitMs, context, !switched.changed),
        );
    if (propagation?.outcome === 'caller-cannot-mint') warn(unseen(propagation.failure, caller, request));

    const token = propagation?.outcome === 'minting' ? propagation.token : null;
    const issuer = switched.issuer ?? token?.issuer ?? null;
    const report =
      issuer === null ? NO_ISSUER : await examineIssuer(issuer, { fetch: context.fetch, timeoutMs, signal });
    const fault = report.discovery.failure ?? report.jwks.failure;
    if (fault !== null) warn(fault);

    const workload: Workload =
      options.roleArn === null
        ? { subject: null, source: null }
        : { subject: namedRole(options.roleArn), source: '--role-arn' };
    for (const warning of workloadWarnings(caller.account, workload)) warn(warning);
    const enabled: Enabled = {
      caller,
      changed: switched.changed,
      issuer,
      report,
      propagation,
      probeAudience: request.audience[0] ?? PROBE_AUDIENCE,
      workload,
      atlas: atlasSide(issuer, options.audience, workload),
    };
    return { document: enableDocument(enabled, offer), lines: enableLines(enabled, theme) };
  },
});

function milliseconds(seconds: number): number {
  if (seconds >= 1 && seconds <= LONGEST_WAIT_SECONDS) return seconds * 1000;
  throw invalidValue('--wait-timeout', {
    message: `Invalid --wait-timeout ${seconds} s: expected 1 s to ${LONGEST_WAIT_SECONDS / 3600} h.`,
    remedy: 'Choose a time in this range, or skip the wait with --no-wait.',
    command: rerun({ set: { '--wait-timeout': '3m' } }),
  });
}

/**
 * Returns a warning for a caller that cannot mint tokens. The command still succeeds: federation is enabled,
 * and an operator often has no permission to mint.
 */
function unseen(failure: FedctlError, caller: Caller, { audience }: MintRequest): Warning {
  return {
    code: failure.code,
    message: `Federation is enabled, but this principal cannot mint tokens, so fedctl cannot determine whether STS mints tokens. ${failure.message}`,
    ...(failure.code === 'sts.mint-denied'
      ? {
          remedy: `To let fedctl check STS, an administrator of the account must allow sts:GetWebIdentityToken for the audience ${audience[0]} in the policies of ${caller.arn}.`,
        }
      : { remedy: failure.remedy, command: failure.command }),
  };
}
