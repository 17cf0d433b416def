import { resolve } from 'node:path';
import type { CheckTarget } from '../../lib/core/check-target.ts';
import { FedctlError, isFedctlError, type Warning } from '../../lib/core/errors.ts';
import { invalidValue, ofOption } from '../../lib/core/invalid-value.ts';
import { FAILURES } from '../../lib/failures/failures.ts';
import { type ConfigFile, findConfig } from '../../lib/files/config-file.ts';
import type { Invocation } from '../command.ts';
import { connectionStringOf } from '../options/cluster.ts';
import { environmentName, longFlag, type OptionTable } from '../options/option.ts';
import { roleToAssume } from '../options/role.ts';
import { namingSource } from '../options/source.ts';
import { CHECK_OPTIONS } from './options.ts';

/** Options that define a target. One of these options is sufficient. */
const OF_ONE_TARGET = {
  uri: 'uri',
  audience: 'audience',
  mechanism: 'mechanism',
  tokenFile: 'tokenFile',
  roleArn: 'role',
  api: 'api',
} as const;

/** Environment variables that define a target. One of these variables is sufficient. */
export const TARGET_VARIABLES: readonly string[] = keysOf(OF_ONE_TARGET).flatMap(
  (option) => environmentName(CHECK_OPTIONS[option]) ?? [],
);

/** Options that have no effect without a role. */
const OF_A_ROLE = { externalId: 'role', sessionName: 'role', mfaSerial: 'role' } as const;

/**
 * Options that configure a target but do not define one. On the command line, each of these options overrides
 * the setting in every target of a file.
 */
const OF_ANY_TARGET = {
  signingAlgorithm: 'signingAlgorithm',
  durationSeconds: 'duration',
  issuer: 'issuer',
  subject: 'subject',
  privileges: 'privilege',
  writeProbe: 'writeProbe',
  atlasProject: 'atlasProject',
  atlasCluster: 'atlasCluster',
  dnsServer: 'dnsServer',
} as const;

/**
 * The options `--profile` and `--region` override the profile and the Region of every target in a file. Values from
 * the environment, for example AWS_PROFILE, apply only to targets that do not set their own.
 */
const OF_THE_CALLER = ['profile', 'region'] as const;

/** The options that a target in a file can set. */
const OF_AN_ENTRY: ReadonlySet<string> = new Set([
  ...Object.keys({ ...OF_ONE_TARGET, ...OF_A_ROLE }),
  ...Object.values(OF_ANY_TARGET),
]);

/**
 * The targets of a run, and the file that defines them. `file` is null for a target from the command line or
 * the environment.
 */
export interface Targets {
  readonly targets: readonly CheckTarget[];
  readonly file: ConfigFile | null;
}

/**
 * Reads the targets to check, from the command line, the environment or a file. If the environment and a file
 * both define targets, the command line must select one of the two sources:
 *
 * - --config or --target selects the file. Other command-line options override the settings of the selected target.
 * - Without --config and --target, options such as --uri define the target. A warning reports that the file is unused.
 *
 * Without such an option, the run fails, because no target may be silently ignored.
 *
 * @throws FedctlError usage.*, config.invalid, config.two-sources, config.host-refused, mongo.uri-invalid,
 * mongo.password-in-uri, mongo.plaintext-refused
 */
export async function readTargets(invocation: Invocation<typeof CHECK_OPTIONS>): Promise<Targets> {
  const { context, common, options, typed } = invocation;
  const byFlag = Object.keys({ ...OF_ONE_TARGET, ...OF_A_ROLE }).filter((option) => typed.has(option));
  const byVariable = keysOf(OF_ONE_TARGET).filter((option) => options[option] !== null && !typed.has(option));
  const file = await findConfig(context, options.config, common.timeoutMs).catch((error: unknown) => {
    throw options.config === null ? error : ofOption('--config', error);
  });
  if (file === null) {
    if (options.target.length > 0) throw noFile();
    return { targets: [ofFlags(invocation)], file };
  }
  if (typed.has('config') || typed.has('target')) return ofFile(invocation, file, byFlag);
  if (byFlag.length > 0)
    return { targets: [{ ...ofFlags(invocation), warnings: [unused(file)] }], file: null };
  if (byVariable.length > 0) throw twoSources(file, byVariable);
  return ofFile(invocation, file, byFlag);
}

function keysOf<Table extends object>(table: Table): (keyof Table)[] {
  return Object.keys(table) as (keyof Table)[];
}

/**
 * Calls `plan`, which plans a run with the targets of a file. If a value in the file is invalid, the failure
 * names the file instead of the option.
 */
export function namingFile<T>(
  { file }: ConfigFile,
  { typed }: Pick<Invocation<OptionTable>, 'typed'>,
  plan: () => T,
): T {
  try {
    return plan();
  } catch (error) {
    if (!isFedctlError(error)) throw error;
    const key = keysOf(CHECK_OPTIONS).find((each) => longFlag(CHECK_OPTIONS[each]) === error.option);
    const isOfEntry = key !== undefined && OF_AN_ENTRY.has(key) && !typed.has(key);
    throw isOfEntry ? namingSource(error, () => file) : error;
  }
}

/**
 * Reads the targets of a file. Loads the YAML parser and the schema here, because only a run with a file
 * needs them.
 */
async function ofFile(
  invocation: Invocation<typeof CHECK_OPTIONS>,
  file: ConfigFile,
  byFlag: readonly string[],
): Promise<Targets> {
  const { context, options } = invocation;
  const { readCheckConfig } = await import('../../lib/config/check-config.ts');
  const { file: name, directory, text } = file;
  const all = readCheckConfig(text, { file: name, directory, env: context.env });
  const wanted = options.target;
  const unknown = wanted.find((each) => !all.some((target) => target.name === each));
  if (unknown !== undefined) throw unknownTarget(unknown, name, all);
  const picked = wanted.length === 0 ? all : all.filter((target) => wanted.includes(target.name));
  const [option] = byFlag;
  if (option !== undefined && picked.length > 1) throw notPicked(option, name, picked);
  const flags = typedFlags(invocation);
  if (file.named) return { targets: picked.map((target) => ({ ...target, ...flags })), file };
  const { refuseStrangeHosts, memberRule } = await import('../../lib/config/host-rule.ts');
  const rule = { file: name, allowed: options.allowHost };
  refuseStrangeHosts(picked, rule);
  const refuseMember = memberRule(rule);
  return { targets: picked.map((target) => ({ ...target, ...flags, refuseMember })), file };
}

function typedFlags(invocation: Invocation<typeof CHECK_OPTIONS>): Partial<CheckTarget> {
  const { typed } = invocation;
  const keys: readonly string[] = [
    ...Object.entries(OF_ANY_TARGET).flatMap(([key, option]) => (typed.has(option) ? [key] : [])),
    ...Object.entries({ ...OF_ONE_TARGET, ...OF_A_ROLE }).flatMap(([option, key]) =>
      typed.has(option) ? [key] : [],
    ),
    ...OF_THE_CALLER.filter((option) => typed.has(option)),
  ];
  if (keys.length === 0) return {};
  return Object.fromEntries(Object.entries(ofFlags(invocation)).filter(([key]) => keys.includes(key)));
}

function ofFlags({ context, options }: Invocation<typeof CHECK_OPTIONS>): CheckTarget {
  return {
    name: 'default',
    uri: options.uri === null ? null : connectionStringOf(options.uri),
    refuseMember: null,
    mechanism: options.mechanism,
    audience: options.audience,
    signingAlgorithm: options.signingAlgorithm,
    durationSeconds: options.duration,
    tokenFile: options.tokenFile === null ? null : fileName(options.tokenFile, context.cwd),
    role: roleToAssume(options),
    profile: null,
    region: null,
    issuer: options.issuer,
    subject: options.subject,
    privileges: options.privilege,
    writeProbe: options.writeProbe,
    api: options.api,
    atlasProject: options.atlasProject,
    atlasCluster: options.atlasCluster,
    dnsServer: options.dnsServer,
    warnings: [],
  };
}

/** Returns the absolute path of a file. Returns `-` (stdin) unchanged. */
function fileName(given: string, cwd: string): string {
  return given === '-' ? given : resolve(cwd, given);
}

function twoSources({ file }: ConfigFile, options: readonly (keyof typeof OF_ONE_TARGET)[]): FedctlError {
  const variables = options.flatMap((option) => environmentName(CHECK_OPTIONS[option]) ?? []);
  return new FedctlError('config.two-sources', {
    message: `Targets are defined both in ${file} and in the environment (${variables.join(', ')}).`,
    remedy: `To check the targets of the file, add --config ${file}, or unset ${variables.join(' ')}. To check the target of the environment, specify the target with command-line options.`,
    details: { file, variables },
  });
}

function unused({ file }: ConfigFile): Warning {
  return {
    code: 'config.file-unused',
    message: `${file} is ignored, because command-line options define the target.`,
    remedy: FAILURES['config.file-unused'].remedy,
  };
}

function notPicked(option: string, file: string, all: readonly CheckTarget[]): FedctlError {
  const flag = longFlag(CHECK_OPTIONS[option as keyof typeof CHECK_OPTIONS]);
  return new FedctlError('usage.invalid-command-line', {
    message: `${flag} applies to one target, but ${file} has ${all.length}: ${all.map((each) => each.name).join(', ')}.`,
    likelyCause: 'The option can override the settings of only one target.',
    remedy: `Select the target with --target <name>, or remove ${flag}.`,
    option: flag,
  });
}

function noFile(): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: '--target selects a target of a configuration file, but no configuration file was found.',
    remedy: 'Specify the file with --config <file>, or remove --target.',
    option: '--target',
  });
}

function unknownTarget(name: string, file: string, all: readonly CheckTarget[]): FedctlError {
  return invalidValue('--target', {
    message: `Invalid --target "${name}": ${file} has the targets ${all.map((each) => each.name).join(', ')}.`,
  });
}
