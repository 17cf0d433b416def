import { atlasAccess } from '../../lib/atlas/access.ts';
import { checkedAddress } from '../../lib/atlas/address.ts';
import { SOAK_TOKEN_SECONDS } from '../../lib/check/catalogue/soak.ts';
import { type CheckPlan, type CheckRequest, planCheck } from '../../lib/check/run.ts';
import type { CheckOptions } from '../../lib/check/world.ts';
import type { CheckTarget } from '../../lib/core/check-target.ts';
import { type Flag, rerun } from '../../lib/core/command-line.ts';
import { FedctlError } from '../../lib/core/errors.ts';
import { invalidValue, readingOption } from '../../lib/core/invalid-value.ts';
import type { ConfigFile } from '../../lib/files/config-file.ts';
import type { Invocation } from '../command.ts';
import type { Typed } from '../typed.ts';
import type { CHECK_OPTIONS } from './options.ts';
import { namingFile, readTargets } from './targets.ts';

/**
 * Plans the run from the command line, the environment and the configuration file.
 *
 * @throws FedctlError usage.*, config.*, mongo.*, atlas.credentials-half-set, atlas.url-invalid,
 * atlas.plaintext-refused
 */
export async function planRequest(invocation: Invocation<typeof CHECK_OPTIONS>): Promise<CheckPlan> {
  const { context, options } = invocation;
  const { targets, file } = await readTargets(invocation);
  const request: CheckRequest = {
    targets,
    offer: (command, target) => invocation.offer(command, about(target, file, invocation)),
    options: checkOptions(invocation),
    only: options.only,
    skip: options.skip,
    concurrency: options.concurrency,
    retries: options.retry,
    waitMs: options.wait * 1000,
    failOn: options.failOn,
  };
  const plan = () => planCheck(context, request);
  const planned = file === null ? plan() : namingFile(file, invocation, plan);
  refuseIdleOptions(invocation, planned);
  return planned;
}

/**
 * Rejects command-line options that no target uses. Unused environment variables are accepted, because they
 * may be set for other runs.
 *
 * @throws FedctlError usage.invalid-command-line, atlas.credentials-missing
 */
function refuseIdleOptions(
  { typed }: Invocation<typeof CHECK_OPTIONS>,
  { targets, request }: CheckPlan,
): void {
  const ofTokens = Object.entries(OF_TOKENS).find(([key]) => typed.has(key))?.[1];
  if (ofTokens !== undefined && !targets.some(({ plan }) => plan.usesToken)) {
    throw new FedctlError('usage.invalid-command-line', {
      message: `${ofTokens} applies to a token, but MONGODB-AWS uses AWS credentials, so no token is checked.`,
      likelyCause: 'The option does not apply to the selected mechanism.',
      remedy: `Remove ${ofTokens}, or set --mechanism to oidc or both.`,
      option: ofTokens,
    });
  }
  const ofAtlas = Object.entries(OF_ATLAS).find(([key]) => typed.has(key))?.[1];
  if (ofAtlas !== undefined && request.options.atlas === null) {
    throw new FedctlError('atlas.credentials-missing', {
      message: `${ofAtlas} requires the Atlas API, but no Atlas API credentials are set.`,
      option: ofAtlas,
    });
  }
}

const OF_TOKENS: Readonly<Record<string, Flag>> = {
  issuer: '--issuer',
  signingAlgorithm: '--signing-algorithm',
  duration: '--duration',
};

const OF_ATLAS: Readonly<Record<string, Flag>> = {
  atlasProject: '--atlas-project',
  atlasCluster: '--atlas-cluster',
  atlasUrl: '--atlas-url',
};

function checkOptions({
  context,
  common,
  awsSettings,
  options,
}: Invocation<typeof CHECK_OPTIONS>): CheckOptions {
  const { timeoutMs } = common;
  const access = atlasAccess(context.env, { url: options.atlasUrl });
  return {
    aws: awsSettings,
    timeoutMs,
    atlas: access === null ? null : { ...access, url: addressOf(access.url, options.atlasUrl), timeoutMs },
    atlasProject: options.atlasProject ?? context.env['MONGODB_ATLAS_PROJECT_ID'] ?? null,
    warnExpiryMs: options.warnExpiry === null ? null : options.warnExpiry * 1000,
    negative: options.negative,
    soakMs: soakMs(options.soak),
  };
}

/**
 * Converts the value of --soak from seconds to milliseconds. Rejects a value that is not longer than the
 * token lifetime, because no token would expire during the run.
 */
function soakMs(seconds: number | null): number | null {
  if (seconds === null || seconds > SOAK_TOKEN_SECONDS) return seconds === null ? null : seconds * 1000;
  throw invalidValue('--soak', {
    message: `Invalid --soak ${seconds}s: expected more than ${SOAK_TOKEN_SECONDS} s, the lifetime of the tokens.`,
    remedy: 'Keep the connection open longer, for example with --soak 3m.',
    command: rerun({ set: { '--soak': '3m' } }),
  });
}

/**
 * Returns options to add to a suggested command, for example --target if a configuration file defines the
 * target. The suggested command also repeats the options of the current command line.
 */
function about(
  { name, profile, region, role }: CheckTarget,
  file: ConfigFile | null,
  { typed }: Invocation<typeof CHECK_OPTIONS>,
): Partial<Typed> {
  if (file === null) return {};
  const named = file.named && !typed.has('config');
  return {
    repeat: { ...(named ? { '--config': file.file } : {}), '--target': name },
    common: {
      ...(profile === null ? {} : { '--profile': profile }),
      ...(region === null ? {} : { '--region': region }),
    },
    given: (flag) => flag === '--role-arn' && role !== null,
  };
}

/**
 * Validates the URL of the Atlas API. A failure names --atlas-url only if the URL comes from this option, and
 * not from an environment variable of the Atlas CLI.
 */
function addressOf(url: string, option: string | null): string {
  return option === null ? checkedAddress(url) : readingOption('--atlas-url', () => checkedAddress(url));
}
