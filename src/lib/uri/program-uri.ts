import type { Warning } from '../core/errors.ts';
import type { Mechanism } from '../ports/mongo.ts';
import { parseConnectionString } from './connection-string.ts';

/**
 * The values of ENVIRONMENT that make a driver read the token from a file. `test` is for driver versions that
 * do not support `k8s` (facts/mongodb.md 1.5, 5.2).
 */
export const TOKEN_ENVIRONMENTS = ['k8s', 'test'] as const;
export type TokenEnvironment = (typeof TOKEN_ENVIRONMENTS)[number];

/** A connection string with which another program logs in to MongoDB. */
export interface ProgramUri {
  /**
   * The connection string that the user gave, with the authentication options replaced. The string may
   * contain two passwords: the password for a proxy, and the password for a key file.
   */
  readonly uri: string;
  /** True if the URI contains a password. In this case, the URI must not be passed as a program argument. */
  readonly holdsSecret: boolean;
  readonly warnings: readonly Warning[];
}

const AUTHENTICATION = /^auth(Mechanism|Source|MechanismProperties)$/i;

/**
 * Sets the mechanism of a connection string and replaces its other authentication options. Always sets
 * authSource, because the TXT record of a mongodb+srv name may contain a different value. The rest of the
 * connection string stays unchanged.
 *
 * @param environment the value of ENVIRONMENT for MONGODB-OIDC in authMechanismProperties
 * @throws FedctlError the errors of `parseConnectionString`: a password, an unknown option, a host without
 * verified TLS
 */
export function programUri(text: string, mechanism: Mechanism, environment: TokenEnvironment): ProgramUri {
  const { proxy, tlsFiles, warnings } = parseConnectionString(text);
  const [, scheme = '', hosts = '', path = '/', query = ''] =
    /^(mongodb(?:\+srv)?:\/\/)(?:[^@/?]*@)?([^/?]*)(\/[^?]*)?(?:\?(.*))?$/is.exec(text.trim()) ?? [];
  const given = query.split('&').filter((option) => option !== '');
  const kept = given.filter((option) => !AUTHENTICATION.test(decoded(option)[0]));
  const properties = given.map(decoded).find(([name]) => name.toLowerCase() === 'authmechanismproperties');
  const wanted = mechanism === 'MONGODB-OIDC' ? `ENVIRONMENT:${environment}` : null;
  const options = [
    ...kept,
    `authMechanism=${mechanism}`,
    'authSource=%24external',
    ...(wanted === null ? [] : [`authMechanismProperties=${wanted}`]),
  ];
  return {
    uri: `${scheme}${hosts}${path}?${options.join('&')}`,
    holdsSecret: proxy?.password != null || tlsFiles.certificateKeyPassword !== null,
    warnings: [
      ...warnings.filter(({ code }) => code !== 'mongo.uri.property-ignored'),
      ...replacedWarnings(properties?.[1] ?? null, wanted),
    ],
  };
}

/**
 * Returns a warning if authMechanismProperties is replaced. The warning does not contain the original value,
 * because AWS_SESSION_TOKEN is a secret.
 */
function replacedWarnings(given: string | null, wanted: string | null): readonly Warning[] {
  if (given === null || given === wanted) return [];
  const by = wanted === null ? 'removed' : `replaced with ${wanted}`;
  return [
    {
      code: 'mongo.uri.properties-replaced',
      message: `authMechanismProperties in the connection string is ${by}.`,
      remedy: 'Remove authMechanismProperties from the connection string.',
    },
  ];
}

function decoded(option: string): readonly [name: string, value: string] {
  const [first = ['', '']] = new URLSearchParams(option);
  return first;
}
