import { rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { FedctlError } from '../core/errors.ts';
import { isGlobalRegion, isRegionName, regionMeant } from '../core/region-name.ts';
import type { AwsSettings, ResolvedRegion } from '../ports/aws.ts';
import type { ChosenProfile } from './profile.ts';

/**
 * Returns the Region and its source. The order of precedence is --region or FEDCTL_REGION, AWS_REGION,
 * AWS_DEFAULT_REGION, the profile, the EC2 instance. The JavaScript SDK ignores AWS_DEFAULT_REGION
 * (facts/aws.md 7.2). There is no default Region, because a token from the wrong Region looks valid.
 *
 * @param instanceRegion a function that returns the Region of the EC2 instance. The function is called only
 * if no setting specifies a Region, because the call takes a second outside EC2.
 * @throws FedctlError aws.region-missing, aws.region-global, aws.region-invalid
 */
export async function resolveRegion(
  settings: Pick<AwsSettings, 'region' | 'regionSource'>,
  env: Context['env'],
  profile: ChosenProfile,
  instanceRegion: () => Promise<string | null>,
): Promise<ResolvedRegion> {
  const profileSource = `profile "${profile.name}"`;
  const candidates: readonly (readonly [string | undefined, string])[] = [
    [settings.region, settings.regionSource ?? '--region'],
    [env['AWS_REGION'], 'AWS_REGION'],
    [env['AWS_DEFAULT_REGION'], 'AWS_DEFAULT_REGION'],
    [profile.settings['region'], profileSource],
  ];
  for (const [value, source] of candidates) {
    if (value !== undefined && value.trim() !== '') return checked(value.trim(), source);
  }
  const instance = await instanceRegion();
  if (instance !== null) return checked(instance, 'instance metadata');
  throw new FedctlError('aws.region-missing', {
    message: `No AWS Region: --region, FEDCTL_REGION, AWS_REGION and AWS_DEFAULT_REGION are not set, and the ${profileSource} has no Region.`,
    details: { lookedAt: ['--region', 'FEDCTL_REGION', 'AWS_REGION', 'AWS_DEFAULT_REGION', profileSource] },
  });
}

function checked(name: string, source: string): ResolvedRegion {
  const details = { region: name, source };
  if (isGlobalRegion(name)) {
    throw new FedctlError('aws.region-global', {
      message: `${source} specifies "${name}", the global endpoint, which mints no tokens.`,
      details,
    });
  }
  if (!isRegionName(name)) {
    const meant = regionMeant(name);
    const hint = meant === null ? '' : ` (did you mean "${meant}"?)`;
    throw new FedctlError('aws.region-invalid', {
      message: `${source} specifies "${name}", which is not an AWS Region name${hint}.`,
      ...(meant === null
        ? {}
        : { remedy: 'Use the suggested Region.', command: rerun({ set: { '--region': meant } }) }),
      details,
    });
  }
  return { name, source };
}
