import type { ExplainedCode } from './page.ts';

/**
 * Matches the host names that belong to each area. The area is the first part of a failure code, such as
 * `aws`. The text of a network error is the same for all areas, so the host determines the area.
 */
const HOSTS = {
  issuer: /\.tokens\.sts\.[a-z0-9.-]*api\.aws\b/,
  aws: /\b(?:sts|sts-fips|iam|iam-fips|sso|oidc|signin)\.(?:[a-z0-9-]+\.){0,3}(?:amazonaws\.(?:com|eu)|api\.aws)\b/,
  atlas: /\bcloud\.mongodb(?:gov)?\.com\b/,
} as const;

type Owner = keyof typeof HOSTS;

/**
 * Matches a host of a MongoDB cluster. Such a host takes precedence over other hosts, because a log can
 * contain unrelated hosts.
 */
const CLUSTER = /\.mongodb(?:gov)?\.net\b|:270\d\d\b/;

/**
 * Matches default ports of services other than MongoDB. Network errors with these ports are unrelated to
 * fedctl.
 */
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
 * Returns the failure code of a network error. The host in the text near the error determines the first part of the
 * code: `issuer`, `aws`, `atlas` or `mongo`.
 *
 * @param around the text around the network error, in lower case
 * @returns the code for the host; `code` if the text names no host of the issuer, AWS or Atlas; null if the text
 * contains the port of an unrelated service
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
