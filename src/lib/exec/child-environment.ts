import { rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { Warning } from '../core/errors.ts';

/** Variables for a child process; null removes a variable. */
export type Variables = Readonly<Record<string, string | null>>;

/** The variables of a child process, and warnings about them. */
export interface ChildVariables {
  readonly variables: Variables;
  readonly warnings: readonly Warning[];
}

type Environment = Context['env'];

/** Keys in the environment. */
const KEYS = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_CREDENTIAL_EXPIRATION',
] as const;

/** Variables for other sources of keys, which some SDKs ask first (facts/aws.md 7.4). */
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

/** With these variables, a fedctl in the child process would choose other keys. */
const OF_FEDCTL = [
  'FEDCTL_PROFILE',
  'FEDCTL_ROLE_ARN',
  'FEDCTL_EXTERNAL_ID',
  'FEDCTL_SESSION_NAME',
  'FEDCTL_MFA_SERIAL',
] as const;

/**
 * Returns the variables with which programs find a token file: AZURE_FEDERATED_TOKEN_FILE for MongoDB drivers
 * with ENVIRONMENT:k8s, OIDC_TOKEN_FILE for older ones with ENVIRONMENT:test (facts/mongodb.md 1.5).
 * AWS_WEB_IDENTITY_TOKEN_FILE is never set, because the program's own AWS SDK would send the token to STS. It
 * is kept next to an AWS_ROLE_ARN, to which it belongs. Without AWS_ROLE_ARN only PyMongo reads it, and
 * prefers it, so it is removed.
 *
 * @param names further variables that name the file
 * @param environment the ENVIRONMENT of the connection string; with `test` PyMongo reads OIDC_TOKEN_FILE
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
        'AWS_WEB_IDENTITY_TOKEN_FILE is set, as in a pod with IRSA. With ENVIRONMENT:k8s, PyMongo sends that token instead of this one.',
      remedy: 'For PyMongo, add --environment test.',
      command: rerun({ set: { '--environment': 'test' } }),
    });
  }
  if (isSet(outside, 'AZURE_FEDERATED_TOKEN_FILE') && isSet(outside, 'AZURE_CLIENT_ID')) {
    warnings.push({
      code: 'exec.azure-identity-replaced',
      message: 'AZURE_FEDERATED_TOKEN_FILE was already set. An Azure SDK in the program now uses this token.',
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
  /** Null when unknown. */
  readonly region: string | null;
  /** Replaces the AWS configuration and credentials files. */
  readonly emptyFile: string;
}

/**
 * Returns the variables with which SDKs find keys at a loopback endpoint (facts/aws.md 7.5), and removes
 * everything that some SDK asks first: keys, profiles and their files, web identity.
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
 * Returns keys in variables, for programs that do not support the endpoint. They take precedence unless a
 * profile is named.
 */
export function staticVariables(
  keys: readonly { readonly name: string; readonly value: string | null }[],
): Variables {
  return {
    ...unset([...KEYS, ...OTHER_SOURCES, ...OF_FEDCTL]),
    ...Object.fromEntries(keys.map(({ name, value }) => [name, value])),
  };
}

/** Returns the environment with these variables, and without those that are null. */
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
