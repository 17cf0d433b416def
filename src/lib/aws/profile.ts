import { rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import { FedctlError } from '../core/errors.ts';
import type { AwsSettings } from '../ports/aws.ts';
import type { Profile, SharedFiles } from './shared-files.ts';

/**
 * The environment variables that specify a profile, in the order of precedence of AWS CLI version 2. Version
 * 1 and boto3 use the opposite order.
 */
const VARIABLES = ['AWS_PROFILE', 'AWS_DEFAULT_PROFILE'] as const;

/**
 * The profile of a run. It has no settings if no profile was specified and the profile `default` does not
 * exist.
 */
export interface ChosenProfile extends Profile {
  readonly name: string;
  /**
   * The source of the profile name: `--profile` (also if FEDCTL_PROFILE contains the name), a variable of AWS, or
   * `default` if no profile was specified.
   */
  readonly source: '--profile' | (typeof VARIABLES)[number] | 'default';
}

/**
 * Chooses the profile in the order of the AWS CLI: --profile, AWS_PROFILE, AWS_DEFAULT_PROFILE, `default`.
 * The profile `default` does not have to exist. An empty environment variable counts as not set.
 *
 * @throws FedctlError aws.profile-unknown
 */
export function chooseProfile(
  settings: Pick<AwsSettings, 'profile' | 'profileSource'>,
  env: Context['env'],
  files: SharedFiles,
): ChosenProfile {
  if (settings.profile !== undefined) {
    return known(settings.profile, '--profile', files, settings.profileSource);
  }
  const source = VARIABLES.find((variable) => (env[variable] ?? '') !== '');
  if (source !== undefined) return known(env[source] ?? '', source, files);
  const nothing = { settings: {}, inConfig: {}, inCredentials: {} };
  return { name: 'default', source: 'default', ...(files.profile('default') ?? nothing) };
}

function known(
  name: string,
  source: ChosenProfile['source'],
  files: SharedFiles,
  told: string = source,
): ChosenProfile {
  const profile = files.profile(name);
  if (profile === null) throw profileUnknown(name, told, files, source === '--profile');
  return { name, source, ...profile };
}

/**
 * Creates the failure for a profile that does not exist.
 *
 * @param source the option, environment variable or profile setting that contains the name
 */
export function profileUnknown(
  name: string,
  source: string,
  files: SharedFiles,
  isOption = false,
): FedctlError {
  const near = byDistance(name, files.profileNames);
  const [nearest] = near;
  const hint =
    nearest !== undefined && nearest.edits <= Math.max(2, nearest.name.length / 3) ? nearest : null;
  const misspelt = files.misspelt(name);
  const shown = near.slice(0, NAMES_SHOWN).map((each) => each.name);
  const why = [...(misspelt === null ? [] : [misspelt.fault]), ...files.missing, ...files.severe];
  return new FedctlError('aws.profile-unknown', {
    message: `The AWS profile "${name}" from ${source} does not exist${hint === null ? '.' : `; did you mean "${hint.name}"?`}`,
    ...(why.length === 0 ? {} : { likelyCause: why.join(' ') }),
    ...(misspelt !== null
      ? { remedy: misspelt.remedy }
      : isOption && hint !== null
        ? { remedy: 'Use the suggested profile.', command: rerun({ set: { '--profile': hint.name } }) }
        : {}),
    details: {
      profile: name,
      source,
      known: [...shown].sort(),
      knownCount: near.length,
      evidence: [knownProfiles(shown, files), ...files.missing, ...files.faults],
    },
  });
}

/**
 * The maximum number of profile names in a failure. Some organizations have thousands of accounts and
 * profiles, and the complete list would be too long.
 */
const NAMES_SHOWN = 10;

function knownProfiles(nearest: readonly string[], files: SharedFiles): string {
  const names = [...nearest].sort().join(', ');
  const count = files.profileNames.length;
  if (count === 0) {
    return `no profiles in ${files.configPath} and ${files.credentialsPath}`;
  }
  return count > nearest.length
    ? `the closest matches of ${count} known profiles: ${names}`
    : `known profiles: ${names}`;
}

/** Sorts the known names by edit distance, the most similar name first. */
function byDistance(name: string, all: readonly string[]) {
  return all
    .map((each) => ({ name: each, edits: edits(name.toLowerCase(), each.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits);
}

/** Returns the Levenshtein distance between two texts. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
