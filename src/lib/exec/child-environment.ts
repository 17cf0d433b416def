import { rerun } from '../core/command-line.ts';
import type { Context } from '../core/context.ts';
import type { Warning } from '../core/errors.ts';

/** Variables for a child; null where the child must not have one. */
export type Variables = Readonly<Record<string, string | null>>;

/** What a child gets, and what is worth saying about it. */
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

/** What names another source of keys, which some SDK asks before the one that is given here (facts/aws.md 7.4). */
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

/** A fedctl in the child would choose keys by these again. */
const OF_FEDCTL = [
  'FEDCTL_PROFILE',
  'FEDCTL_ROLE_ARN',
  'FEDCTL_EXTERNAL_ID',
  'FEDCTL_SESSION_NAME',
  'FEDCTL_MFA_SERIAL',
] as const;

/**
 * The variables by which programs find a token file: AZURE_FEDERATED_TOKEN_FILE for MongoDB drivers with ENVIRONMENT:k8s,
 * OIDC_TOKEN_FILE for older ones with ENVIRONMENT:test (facts/mongodb.md 1.5). AWS_WEB_IDENTITY_TOKEN_FILE would make
 * the program's own AWS SDK present the token to STS: it is never set, and left alone beside an AWS_ROLE_ARN, to which
 * it belongs. Without one nothing but PyMongo reads it, which prefers it: then it is removed.
 *
 * @param names further variables that name the file
 * @param environment what the connection string says: with `test` PyMongo reads OIDC_TOKEN_FILE
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
  /** Null where none is known. */
  readonly region: string | null;
  /** Stands for the AWS configuration and credentials files. */
  readonly emptyFile: string;
}

/**
 * The variables by which SDKs find keys at a loopback endpoint (facts/aws.md 7.5), without all that some SDK asks first:
 * keys, profiles and their files, web identity.
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

/** Keys in the environment, for programs that read no endpoint. They win wherever no profile is named. */
export function staticVariables(
  keys: readonly { readonly name: string; readonly value: string | null }[],
): Variables {
  return {
    ...unset([...KEYS, ...OTHER_SOURCES, ...OF_FEDCTL]),
    ...Object.fromEntries(keys.map(({ name, value }) => [name, value])),
  };
}

/** An environment with these variables, and without those that are null. */
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
