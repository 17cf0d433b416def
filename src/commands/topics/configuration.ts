import { CheckSettings } from '../../lib/config/check-schema.ts';
import type { Theme } from '../../lib/render/theme.ts';
import { rows } from './rows.ts';

/** The rules by which `fedctl check` finds and trusts a configuration file. */
export const CONFIGURATION_RULES: readonly string[] = [
  'fedctl check reads the file in --config, or else fedctl.yaml or fedctl.yml in the working directory. fedctl init writes a file with a comment for each key.',
  'The file has two keys: "targets" and "defaults". "targets" contains the chains to check, each under a name of your choice. "defaults" contains values for every target. The values of a target take precedence over "defaults".',
  'With --config or --target, command-line options override the file. Options that define a target, such as --uri, are allowed only if a single target is checked. Other options, such as --issuer, override every target. Without --config and --target, options that define a target replace the file, and fedctl prints a warning.',
  `A text value may contain \${FEDCTL_VAR_<NAME>} or \${FEDCTL_VAR_<NAME>:-<default>}. No other variables can be read. $$ is a dollar sign.`,
  'A file that was found without --config is not trusted. For its targets, fedctl sends tokens only to Atlas, to this machine and to the hosts of --allow-host. Such a file cannot change which TLS certificates fedctl trusts. If a variable such as FEDCTL_URI or FEDCTL_AUDIENCE also defines a target, fedctl exits with an error.',
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
    'Keys of each target and of defaults:',
    ...rows(configurationKeys(), theme),
  ];
}
