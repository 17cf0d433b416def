import { CheckSettings } from '../../lib/config/check-schema.ts';
import type { Theme } from '../../lib/render/theme.ts';
import { rows } from './rows.ts';

/** The rules by which `fedctl check` finds and trusts a configuration file. */
export const CONFIGURATION_RULES: readonly string[] = [
  'fedctl check reads the file that --config names, or else fedctl.yaml or fedctl.yml in the working directory. fedctl init writes one with a comment for each key.',
  'The file has two keys. targets: the chains to check, by names of your choice. defaults: values for every target; the keys of a target take precedence.',
  'Command-line options take precedence over the file, but only for the target that --target selects.',
  `A text may contain \${FEDCTL_VAR_<NAME>} or \${FEDCTL_VAR_<NAME>:-<default>}. No other variable can be read. $$ is a dollar sign.`,
  'A file that was found, and not named with --config, sends tokens to Atlas and to this machine only, until --allow-host names another host. It cannot set what TLS trusts, and it is not used beside FEDCTL_URI, FEDCTL_AUDIENCE or another variable that names a target.',
  'No secret belongs in the file: passwords in connection strings are rejected.',
];

/** The keys of a target, each with its description. */
export function configurationKeys(): readonly (readonly [key: string, description: string])[] {
  return Object.entries(CheckSettings.shape).map(([key, schema]) => [key, schema.unwrap().description ?? '']);
}

/** Lists the rules and the keys. */
export function configurationLines(theme: Theme): readonly string[] {
  return [
    ...CONFIGURATION_RULES.flatMap((rule) => [theme.prose(rule), '']),
    'Keys of a target, and of defaults:',
    ...rows(configurationKeys(), theme),
  ];
}
