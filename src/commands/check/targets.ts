import { resolve } from 'node:path';
import type { CheckTarget } from '../../lib/check-target.ts';
import { FedctlError } from '../../lib/errors.ts';
import { type ConfigFile, findConfig } from '../../lib/files/config-file.ts';
import { parseConnectionString } from '../../lib/uri/connection-string.ts';
import type { CHECK_OPTIONS } from '../check.ts';
import type { Invocation } from '../command.ts';
import { dnsServer } from '../dns-option.ts';
import { namespace } from '../namespace-option.ts';
import { privilege } from '../privilege-option.ts';
import { roleToAssume } from '../role-options.ts';

/** Options that say what one target is. Typed, they are the target; in the environment they yield to --config alone. */
const OF_ONE_TARGET = ['uri', 'audience', 'mechanism', 'tokenFile', 'roleArn', 'api'] as const;

/** And these, which say nothing without a role. */
const OF_A_ROLE = ['externalId', 'sessionName', 'mfaSerial'] as const;

/** What else a flag may say of a target. Typed, it holds for every target of a file: a flag beats the file. */
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

/** Typed, these hold for all targets as well: one that names none goes by those of the command. */
const OF_THE_CALLER = ['profile', 'region'] as const;

/**
 * The targets to check: those of a file that was named; else the one of the flags or of the environment; else those of
 * a file in the working directory.
 *
 * @throws FedctlError usage.*, config.invalid, config.host-refused, mongo.uri-invalid, mongo.password-in-uri,
 *   mongo.plaintext-refused
 */
export async function readTargets(
  invocation: Invocation<typeof CHECK_OPTIONS>,
): Promise<readonly CheckTarget[]> {
  const { context, common, options, typed, hint } = invocation;
  const typedTarget = [...OF_ONE_TARGET, ...OF_A_ROLE].find((option) => typed.has(option));
  if (options.config !== null && typedTarget !== undefined) throw twoSources(typedTarget);
  const given = OF_ONE_TARGET.some((option) => options[option] !== null);
  const file = await findConfig(context, options.config, common.timeoutMs);
  if (file !== null && (file.named || !given)) return ofFile(invocation, file);
  if (typed.has('target')) throw noFile(file);
  if (file !== null && typedTarget === undefined) {
    hint(`${file.file} is not used, because the environment names a target; --config ${file.file} uses it.`);
  }
  return [ofFlags(invocation)];
}

/** Loads YAML and the schema, which only a run with a file needs. */
async function ofFile(
  invocation: Invocation<typeof CHECK_OPTIONS>,
  file: ConfigFile,
): Promise<readonly CheckTarget[]> {
  const { context, options } = invocation;
  const { readCheckConfig } = await import('../../lib/config/check-config.ts');
  const { file: name, folder, text } = file;
  const all = readCheckConfig(text, { file: name, folder, env: context.env });
  const wanted = options.target;
  const unknown = wanted.find((each) => !all.some((target) => target.name === each));
  if (unknown !== undefined) throw unknownTarget(unknown, name, all);
  const picked = wanted.length === 0 ? all : all.filter((target) => wanted.includes(target.name));
  const flags = typedFlags(invocation);
  if (file.named) return picked.map((target) => ({ ...target, ...flags }));
  const { refuseStrangeHosts, memberRule } = await import('../../lib/config/host-rule.ts');
  const rule = { file: name, allowed: options.allowHost };
  refuseStrangeHosts(picked, rule);
  const refuseMember = memberRule(rule);
  return picked.map((target) => ({ ...target, ...flags, refuseMember }));
}

function typedFlags(invocation: Invocation<typeof CHECK_OPTIONS>): Partial<CheckTarget> {
  const { typed } = invocation;
  const keys: readonly string[] = [
    ...Object.entries(OF_ANY_TARGET).flatMap(([key, option]) => (typed.has(option) ? [key] : [])),
    ...OF_THE_CALLER.filter((option) => typed.has(option)),
  ];
  if (keys.length === 0) return {};
  return Object.fromEntries(Object.entries(ofFlags(invocation)).filter(([key]) => keys.includes(key)));
}

function ofFlags({ context, options }: Invocation<typeof CHECK_OPTIONS>): CheckTarget {
  return {
    name: 'default',
    uri: options.uri === null ? null : parseConnectionString(options.uri),
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
    privileges: options.privilege.map(privilege),
    writeProbe: options.writeProbe === null ? null : namespace(options.writeProbe),
    api: options.api,
    atlasProject: options.atlasProject,
    atlasCluster: options.atlasCluster,
    dnsServer: dnsServer(options),
  };
}

/** `-` is stdin. */
function fileName(given: string, cwd: string): string {
  return given === '-' ? given : resolve(cwd, given);
}

function twoSources(option: string): FedctlError {
  return new FedctlError('usage.invalid-command-line', {
    message: `--config names the targets, and so does --${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.`,
    remedy: 'leave one of them out; --target <name> picks a target of the file',
  });
}

function noFile(file: ConfigFile | null): FedctlError {
  const why =
    file === null
      ? 'and there is no configuration file'
      : `and ${file.file} is not used, because the command line or the environment names a target`;
  return new FedctlError('usage.invalid-command-line', {
    message: `--target picks a target of a configuration file, ${why}.`,
    remedy: 'fedctl check --config <file> --target <name>',
    details: { option: '--target' },
  });
}

function unknownTarget(name: string, file: string, all: readonly CheckTarget[]): FedctlError {
  return new FedctlError('usage.invalid-value', {
    message: `--target cannot be "${name}": ${file} has ${all.map((each) => each.name).join(', ')}.`,
    details: { option: '--target' },
  });
}
