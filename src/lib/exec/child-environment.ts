import { rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { Warning } from '../core/errors.ts';

/** Environment variables for a child process. A variable whose value is null is removed. */
export type Variables = Readonly<Record<string, string | null>>;

/** The variables for a child process, and warnings about these variables. */
export interface ChildVariables {
  readonly variables: Variables;
  readonly warnings: readonly Warning[];
}

type Environment = Context['env'];

/** The variables that contain AWS keys. */
const KEYS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
] as const;

/**
 * The variables that configure other credential providers. In SDKs, some of these providers take precedence
 * over the keys in the environment (facts/aws.md 7.4).
 */
const OTHER_SOURCES = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_ROLE_ARN',
  'AWS_ROLE_SESSION_NAME',
  'AWS_WEB_IDENTITY_TOKEN_FILE',
  'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
  'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN',
  'AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE',
] as const;

/**
 * The variables that select credentials for fedctl. They are removed, because a fedctl command in the child
 * process must use the keys that the child process receives.
 */
const OF_FEDCTL = [
  'FEDCTL_PROFILE',
  'FEDCTL_ROLE_ARN',
  'FEDCTL_EXTERNAL_ID',
  'FEDCTL_SESSION_NAME',
  'FEDCTL_MFA_SERIAL',
] as const;

/**
 * Returns the variables that contain the path of a token file. AZURE_FEDERATED_TOKEN_FILE is for MongoDB
 * drivers with ENVIRONMENT:k8s. OIDC_TOKEN_FILE is for older drivers with ENVIRONMENT:test (facts/mongodb.md
 * 1.5).
 *
 * Never sets AWS_WEB_IDENTITY_TOKEN_FILE, because the AWS SDK in the program would send the token to STS. If
 * AWS_ROLE_ARN is set, keeps AWS_WEB_IDENTITY_TOKEN_FILE, because SDKs use both variables together. Otherwise
 * removes AWS_WEB_IDENTITY_TOKEN_FILE, because PyMongo would use the token file in this variable instead of
 * the token file of fedctl.
 *
 * @param names additional variables for the path of the file
 * @param environment the value of ENVIRONMENT in the connection string; for `test`, PyMongo reads
 * OIDC_TOKEN_FILE
 */
export function tokenVariables(
  outside: Environment,
  tokenFile: string,
  names: readonly string[] = [],
  environment: 'k8s' | 'test' = 'k8s',
): ChildVariables {
  const irsa = isSet(outside, 'AWS_WEB_IDENTITY_TOKEN_FILE') && isSet(outside, 'AWS_ROLE_ARN');
  const warnings: Warning[] = [];
  if (irsa && environment === 'k8s') {
    warnings.push({
      code: 'exec.pymongo-web-identity',
      message:
        'AWS_WEB_IDENTITY_TOKEN_FILE is set, as in a pod with IRSA. With ENVIRONMENT:k8s, PyMongo sends the token in that file instead of the token from fedctl.',
      remedy: 'For PyMongo, add --environment test.',
      command: rerun({ set: { '--environment': 'test' } }),
    });
  }
  if (isSet(outside, 'AZURE_FEDERATED_TOKEN_FILE') && isSet(outside, 'AZURE_CLIENT_ID')) {
    warnings.push({
      code: 'exec.azure-identity-replaced',
      message:
        'AZURE_FEDERATED_TOKEN_FILE was already set. An Azure SDK in the program will now use the token from fedctl.',
      remedy: null,
    });
  }
  return {
    variables: {
      ...Object.fromEntries(names.map((name) => [name, tokenFile])),
      AZURE_FEDERATED_TOKEN_FILE: tokenFile,
      OIDC_TOKEN_FILE: tokenFile,
      ...(irsa ? {} : { AWS_WEB_IDENTITY_TOKEN_FILE: null }),
    },
    warnings,
  };
}

export interface EndpointVariables {
  readonly url: string;
  readonly authorizationToken: string;
  /** The AWS Region; null if unknown. */
  readonly region: string | null;
  /** Path of an empty file that replaces the AWS configuration and credentials files. */
  readonly emptyFile: string;
}

/**
 * Returns the variables with which SDKs read keys from a loopback endpoint (facts/aws.md 7.5). Removes the
 * settings that an SDK could use instead of the endpoint: keys, profiles, profile files and web identity.
 */
export function endpointVariables({
  url,
  authorizationToken,
  region,
  emptyFile,
}: EndpointVariables): Variables {
  return {
    ...unset([...KEYS, ...OTHER_SOURCES, ...OF_FEDCTL]),
    ...(region === null ? {} : { AWS_REGION: region, AWS_DEFAULT_REGION: region }),
    AWS_CONFIG_FILE: emptyFile,
    AWS_SHARED_CREDENTIALS_FILE: emptyFile,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: url,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: authorizationToken,
  };
}

/**
 * Returns the variables that contain keys, for programs that do not support the credentials endpoint. SDKs
 * use these keys unless the program selects a profile.
 */
export function staticVariables(
  keys: readonly { readonly name: string; readonly value: string | null }[],
): Variables {
  return {
    ...unset([...KEYS, ...OTHER_SOURCES, ...OF_FEDCTL]),
    ...Object.fromEntries(keys.map(({ name, value }) => [name, value])),
  };
}

/** Returns the environment with the given variables. Variables whose value is null are removed. */
export function withVariables(outside: Environment, variables: Variables): Record<string, string> {
  return Object.fromEntries(
    Object.entries({ ...outside, ...variables }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
}

function unset(names: readonly string[]): Variables {
  return Object.fromEntries(names.map((name) => [name, null]));
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}
