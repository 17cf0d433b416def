import type { ExplainedCode } from './page.ts';

/** Whose hosts they are. Programs word a failure of the network alike, whoever is at the other end. */
const HOSTS = {
  issuer: /\.tokens\.sts\.[a-z0-9.-]*api\.aws\b/,
  aws: /\b(?:sts|sts-fips|iam|iam-fips|sso|oidc|signin)\.(?:[a-z0-9-]+\.){0,3}(?:amazonaws\.(?:com|eu)|api\.aws)\b/,
  atlas: /\bcloud\.mongodb(?:gov)?\.com\b/,
} as const;

type Owner = keyof typeof HOSTS;

/** A host of a cluster decides against the others: the rest of a log may speak of anything. */
const CLUSTER = /\.mongodb(?:gov)?\.net\b|:270\d\d\b/;

/** Ports of other programs, whose failures are not those of a chain to MongoDB. */
const FOREIGN = /:(?:1433|1521|2379|3306|5432|5672|6379|8080|9092|9200|11211)\b/;

type Kind = 'unreachable' | 'timeout' | 'tls-failed';

const KINDS: Partial<Record<ExplainedCode, Kind>> = {
  'mongo.dns-failed': 'unreachable',
  'mongo.port-closed': 'unreachable',
  'aws.unreachable': 'unreachable',
  'mongo.connect-timeout': 'timeout',
  'mongo.tls-timeout': 'timeout',
  'aws.timeout': 'timeout',
  'aws.sdk.proxy-ignored': 'timeout',
  'mongo.tls-expired': 'tls-failed',
  'mongo.tls-failed': 'tls-failed',
  'mongo.tls-name-mismatch': 'tls-failed',
  'mongo.tls-refused': 'tls-failed',
  'mongo.tls-untrusted': 'tls-failed',
  'aws.tls-failed': 'tls-failed',
};

/**
 * The code of a failure of the network in the area whose host the text names.
 *
 * @param around what stands around the known text, in lower case
 * @returns the same code where no host speaks for another area; null where it is that of another program
 */
export function ofHost(code: ExplainedCode, around: string): ExplainedCode | null {
  const kind = KINDS[code];
  if (kind === undefined || CLUSTER.test(around)) return code;
  const owner = (['issuer', 'aws', 'atlas'] as const satisfies readonly Owner[]).find((each) =>
    HOSTS[each].test(around),
  );
  if (owner === undefined) return FOREIGN.test(around) ? null : code;
  if (code.startsWith(`${owner}.`)) return code;
  return `${owner}.${kind}`;
}
