import { rerun } from '../command-line.ts';
import type { Context } from '../context.ts';
import { FedctlError } from '../errors.ts';
import type { AwsSettings } from '../ports.ts';
import { printable } from '../printable.ts';
import type { Section, SharedFiles } from './shared-files.ts';

/** The profile that a run goes by. */
export interface ChosenProfile {
  readonly name: string;
  /** `--profile` stands for FEDCTL_PROFILE too; `default`: nobody named one. */
  readonly source: '--profile' | 'AWS_PROFILE' | 'default';
  /** Empty when nobody named a profile and there is none of the name `default`. */
  readonly settings: Section;
}

/**
 * Chooses as the AWS CLI does: --profile, AWS_PROFILE, then `default`, which need not exist.
 *
 * @throws FedctlError aws.profile-unknown
 */
export function chooseProfile(
  settings: Pick<AwsSettings, 'profile'>,
  env: Context['env'],
  files: SharedFiles,
): ChosenProfile {
  if (settings.profile !== undefined) return named(settings.profile, '--profile', files);
  const fromEnvironment = env['AWS_PROFILE'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') {
    return named(fromEnvironment, 'AWS_PROFILE', files);
  }
  return { name: 'default', source: 'default', settings: files.profile('default') ?? {} };
}

function named(name: string, source: '--profile' | 'AWS_PROFILE', files: SharedFiles): ChosenProfile {
  const settings = files.profile(name);
  if (settings === null) throw profileUnknown(name, source, files);
  return { name, source, settings };
}

/** @param source what names the profile: an option, a variable, or another profile */
export function profileUnknown(name: string, source: string, files: SharedFiles): FedctlError {
  const near = nearest(name, files.profileNames);
  const known = files.profileNames.map(printable).join(', ');
  return new FedctlError('aws.profile-unknown', {
    message: `There is no AWS profile "${printable(name)}", which ${source} names${near === null ? '' : `; did you mean "${printable(near)}"`}${near === null ? '.' : '?'}`,
    ...(source === '--profile' && near !== null
      ? { remedy: 'Use the profile that is meant.', command: rerun({ set: { '--profile': near } }) }
      : {}),
    details: {
      profile: name,
      source,
      known: files.profileNames,
      evidence: [
        known === ''
          ? `no profiles in ${printable(files.configPath)} and ${printable(files.credentialsPath)}`
          : `known profiles: ${known}`,
        ...files.faults,
      ],
    },
  });
}

/** The known name with the fewest edits, when few enough for a typing error. */
function nearest(name: string, known: readonly string[]): string | null {
  const ranked = known
    .map((each) => ({ each, edits: edits(name.toLowerCase(), each.toLowerCase()) }))
    .filter(({ each, edits: count }) => count <= Math.max(2, Math.floor(each.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return ranked[0]?.each ?? null;
}

/** Levenshtein's distance. */
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
