import { type Caller, identifyCaller } from '../../auth/identity.ts';
import { asRole } from '../../auth/role.ts';
import type { ResolvedCredentials } from '../../core/credentials.ts';
import { formatDuration } from '../../core/duration.ts';
import { rfc3339 } from '../../core/time.ts';
import type { Aws, AwsSettings, EndpointOverride, ResolvedRegion } from '../../ports/aws.ts';
import { type Asked, check, type Facts } from '../check.ts';
import { pass, warn } from '../outcome.ts';
import type { World } from '../world.ts';

/**
 * Returns a key for the AWS credentials of a target. Targets with the same key share the results of the AWS
 * checks.
 */
export function callerKey({ target, options }: World): string {
  const { profile, region } = settingsOf(target, options.aws);
  return JSON.stringify([profile, region, target.role]);
}

/**
 * Returns the AWS settings for a target. The profile and Region of the target take precedence over the
 * command-line options.
 */
function settingsOf({ profile, region }: World['target'], common: AwsSettings): AwsSettings {
  return {
    ...common,
    ...(profile === null ? {} : { profile, profileSource: 'the target' }),
    ...(region === null ? {} : { region, regionSource: 'the target' }),
  };
}

const usesAws = ({ plan }: Asked) => plan.usesAws;

export const awsProfile = check<Aws>({
  id: 'aws.profile',
  title: 'the AWS files are readable, and any specified profile exists',
  link: 'principal',
  needs: [],
  asked: usesAws,
  sharedBy: callerKey,
  async run({ context, target, options }) {
    const aws = await context.aws(settingsOf(target, options.aws));
    const [note, ...more] = await aws.notes();
    if (note === undefined) return pass(null, aws);
    return warn({ code: null, message: [note, ...more].join(' '), remedy: null }, aws);
  },
});

export interface AwsPlace {
  readonly region: ResolvedRegion;
  readonly overrides: readonly EndpointOverride[];
}

export const awsRegion = check<AwsPlace>({
  id: 'aws.region',
  title: 'a Region is set, and requests go to AWS or to configured endpoints',
  link: 'principal',
  needs: [awsProfile],
  asked: usesAws,
  sharedBy: callerKey,
  async run(_world, facts) {
    const aws = facts.needed(awsProfile);
    const region = await aws.region();
    const overrides = await aws.endpointOverrides();
    const elsewhere = overrides.map(
      ({ service, url, source }) => `${service.toUpperCase()} at ${url} (${source})`,
    );
    return pass([`${region.name} (${region.source})`, ...elsewhere].join('; '), {
      region,
      overrides,
    });
  },
});

export const awsCredentials = check<ResolvedCredentials>({
  id: 'aws.credentials',
  title: 'a credential provider returns AWS credentials',
  link: 'principal',
  needs: [awsProfile],
  asked: usesAws,
  sharedBy: callerKey,
  async run({ context, options }, facts) {
    const aws = facts.needed(awsProfile);
    const credentials = await aws.credentials(context.signal);
    const { expiresAt, providerDetail } = credentials;
    if (expiresAt === null) return pass(providerDetail, credentials);
    const left = expiresAt.getTime() - context.now().getTime();
    const detail = `${providerDetail}, valid until ${rfc3339(expiresAt)} (${formatDuration(left / 1000)})`;
    if (options.warnExpiryMs === null || left > options.warnExpiryMs) return pass(detail, credentials);
    const message = `The credentials expire in ${formatDuration(left / 1000)}: ${providerDetail}.`;
    return warn({ code: null, message, remedy: 'Renew the credentials at their source.' }, credentials);
  },
});

export const awsIdentity = check<Caller>({
  id: 'aws.identity',
  title: 'AWS identifies the caller',
  link: 'principal',
  needs: [awsRegion, awsCredentials],
  asked: usesAws,
  sharedBy: callerKey,
  async run({ context }, facts) {
    const caller = await identifyCaller(facts.needed(awsProfile), context.signal);
    return pass(`${caller.arn} of account ${caller.account}`, caller);
  },
});

/** Assumes the role of the target. Its fact is an AWS client that uses the credentials of the role. */
export const stsRole = check<{ readonly aws: Aws; readonly caller: Caller }>({
  id: 'sts.role',
  title: 'the role can be assumed',
  link: 'principal',
  needs: [awsIdentity],
  asked: ({ target }) => target.role !== null,
  sharedBy: callerKey,
  async run({ context, target, options }) {
    const { role } = target;
    if (role === null) throw new TypeError('no role is configured');
    const aws = await context.aws(await asRole(context, settingsOf(target, options.aws), role));
    const caller = await identifyCaller(aws, context.signal);
    return pass(caller.arn, { aws, caller });
  },
});

/**
 * Returns the caller that later checks use: the assumed role if the target has a role, otherwise the base
 * identity. Returns null if the caller is unknown.
 */
export function callerOf(facts: Facts): Caller | null {
  return facts.resultOf(stsRole) === null ? facts.of(awsIdentity) : (facts.of(stsRole)?.caller ?? null);
}
