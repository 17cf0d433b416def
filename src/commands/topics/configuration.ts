import { CheckSettings } from '../../lib/config/check-schema.ts';
import type { Theme } from '../../lib/render/theme.ts';
import { rows } from './rows.ts';

/** The rules by which `fedctl check` finds and trusts a configuration file. */
export const CONFIGURATION_RULES: readonly string[] = [
  'fedctl check reads the file that --config names, or else fedctl.yaml or fedctl.yml in the working directory. fedctl init writes a file with a comment for each key.',
  'The file has two keys. targets: the chains to check, each under a name of your choice. defaults: values for every target; the keys of a target take precedence.',
  'Command-line options take precedence over the file, but only for the target that --target selects.',
  `A text value may contain \${FEDCTL_VAR_<NAME>} or \${FEDCTL_VAR_<NAME>:-<default>}. No other variables can be read. $$ is a dollar sign.`,
  'If the file was found and not specified with --config, fedctl sends tokens only to Atlas, to this machine and to the hosts of --allow-host. Such a file cannot add trusted TLS certificates. If FEDCTL_URI, FEDCTL_AUDIENCE or a similar variable also defines a target, fedctl exits with an error.',
  'Do not put secrets into the file. Connection strings with passwords are rejected.',
];

/** Returns the keys of a target, each with its description. */
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
