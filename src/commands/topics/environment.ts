import type { Theme } from '../../lib/render/theme.ts';
import { environmentName, longFlag } from '../options/option.ts';
import { COMMON_OPTIONS } from '../program.ts';
import { commandsOf } from './commands.ts';
import { rows } from './rows.ts';

/** Related environment variables, each with its meaning. */
export interface VariableGroup {
  readonly title: string;
  readonly variables: readonly (readonly [names: string, meaning: string])[];
}

/** The variables that fedctl reads in addition to the variables of its options. */
export const VARIABLES: readonly VariableGroup[] = [
  {
    title: 'AWS, with the same meaning as in version 2 of the AWS CLI',
    variables: [
      ['AWS_PROFILE, AWS_DEFAULT_PROFILE', 'Profile to use; --profile and FEDCTL_PROFILE take precedence.'],
      ['AWS_REGION, AWS_DEFAULT_REGION', 'Region; --region and FEDCTL_REGION take precedence.'],
      ['AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY', 'Access key.'],
      ['AWS_SESSION_TOKEN, AWS_SECURITY_TOKEN', 'Session token that belongs to the access key.'],
      ['AWS_CREDENTIAL_EXPIRATION', 'Expiration of the session (RFC 3339).'],
      ['AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE', 'Paths of the AWS files (default: below ~/.aws).'],
      [
        'AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE',
        'Role to assume, and file with the web identity token, as on EKS.',
      ],
      ['AWS_ROLE_SESSION_NAME', 'Session name for AWS_ROLE_ARN.'],
      [
        'AWS_CONTAINER_CREDENTIALS_FULL_URI, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
        'Credentials endpoint of a container, as on ECS.',
      ],
      [
        'AWS_CONTAINER_AUTHORIZATION_TOKEN, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
        'Authorization token for the credentials endpoint, or the file with the token.',
      ],
      ['AWS_EC2_METADATA_DISABLED', 'true: do not use instance metadata.'],
      [
        'AWS_EC2_METADATA_SERVICE_ENDPOINT, AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE',
        'URL of the instance metadata service, or its mode (IPv4 or IPv6).',
      ],
      ['AWS_EC2_METADATA_V1_DISABLED', 'true: use version 2 of instance metadata only.'],
      ['AWS_LOGIN_CACHE_DIRECTORY', 'Directory in which the AWS CLI stores the sessions of aws login.'],
      [
        'AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_STS, AWS_ENDPOINT_URL_IAM',
        'Endpoints to use instead of the AWS endpoints.',
      ],
      ['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true: ignore configured endpoints.'],
      ['AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT', 'true: use FIPS or dual-stack endpoints.'],
    ],
  },
  {
    title: 'MongoDB Atlas Administration API, for check',
    variables: [
      ['MONGODB_ATLAS_CLIENT_ID, MONGODB_ATLAS_CLIENT_SECRET', 'Service account.'],
      [
        'MONGODB_ATLAS_PUBLIC_API_KEY, MONGODB_ATLAS_PRIVATE_API_KEY',
        'API key, instead of a service account.',
      ],
      ['MONGODB_ATLAS_PROJECT_ID', 'Project of the cluster; --atlas-project takes precedence.'],
      [
        'MONGODB_ATLAS_OPS_MANAGER_URL',
        'Base URL of the API; --atlas-url takes precedence. The Atlas CLI also reads this variable.',
      ],
    ],
  },
  {
    title: 'Network',
    variables: [
      [
        'HTTPS_PROXY, HTTP_PROXY, NO_PROXY',
        'Proxies, and hosts to connect to without a proxy. Lower-case names take precedence.',
      ],
      [
        'REQUEST_METHOD',
        'If this variable is set, as in a CGI program, fedctl ignores HTTP_PROXY, because an HTTP request header could set HTTP_PROXY.',
      ],
      [
        'AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE',
        'PEM file of certificate authorities to trust in addition to the authorities of Node.js.',
      ],
      [
        'NODE_EXTRA_CA_CERTS',
        'PEM file of additional certificate authorities. Node.js itself reads this file.',
      ],
    ],
  },
  {
    title: 'Configuration files',
    variables: [
      [
        'FEDCTL_VAR_<NAME>',
        `Value for \${FEDCTL_VAR_<NAME>} in fedctl.yaml. No other variables can be read there.`,
      ],
    ],
  },
  {
    title: 'Output and files',
    variables: [
      ['NO_COLOR, FORCE_COLOR, TERM', 'Whether to use color; --no-color takes precedence.'],
      [
        'LC_ALL, LC_CTYPE, LANG',
        'Character set. If it is not UTF-8, fedctl prints ASCII instead of symbols.',
      ],
      ['GITHUB_ACTIONS', 'If set, fedctl masks secrets and escapes workflow commands in its output.'],
      ['GITHUB_ENV', 'File to which "fedctl credentials --format github-env" appends the variables.'],
      ['GITHUB_STEP_SUMMARY', 'File to which "fedctl check --output github" appends a summary.'],
      ['XDG_RUNTIME_DIR, TMPDIR', 'Directory for the token file of exec.'],
      ['XDG_CACHE_HOME', 'Directory that contains the code cache (default: $HOME/.cache).'],
      ['HOME', 'Directory that contains .aws.'],
      ['NODE_DISABLE_COMPILE_CACHE', '1: do not cache compiled code.'],
      ['USER, LOGNAME, USERNAME', 'User name in the default name of role sessions.'],
    ],
  },
  {
    title: 'Variables that fedctl sets',
    variables: [
      [
        'FEDCTL_SANDBOX_URL, FEDCTL_SANDBOX_TOKEN',
        'Address and token of the running lab, for the subcommands of sandbox.',
      ],
      [
        'FEDCTL_CREDENTIAL_PROFILES',
        'Set for a credential_process, to detect a profile that refers to itself.',
      ],
    ],
  },
];

/** Returns the environment variable of each option, with the commands that have the option. */
export async function optionVariables(): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, string[]>();
  for (const spec of Object.values(COMMON_OPTIONS)) {
    const name = environmentName(spec);
    if (name !== null) found.set(name, ['every command']);
  }
  for (const { path, record } of await commandsOf()) {
    for (const spec of Object.values(record.options)) {
      const name = environmentName(spec);
      if (name !== null) found.set(name, [...(found.get(name) ?? []), path]);
    }
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Lists every variable. */
export async function environmentLines(theme: Theme): Promise<readonly string[]> {
  const options = [...(await optionVariables())].map(([name, commands]): [string, string] => [
    name,
    commands.join(', '),
  ]);
  const flag = longFlag(COMMON_OPTIONS.region);
  return [
    theme.prose(
      `Each of these variables sets an option. For example, FEDCTL_REGION sets ${flag}. A command-line option takes precedence over its variable. An empty variable counts as not set. Options that disable a safety check or write a file have no variable.`,
    ),
    '',
    ...rows(options, theme),
    ...VARIABLES.flatMap(({ title, variables }) => [
      '',
      `${title}:`,
      ...variables.flatMap(([names, meaning]) => [`  ${names}`, `      ${theme.prose(meaning)}`]),
    ]),
  ];
}
