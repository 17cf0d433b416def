import { PROBE_NAMESPACE } from '../../lib/core/namespace.ts';
import { MECHANISM_CHOICES } from '../../lib/uri/mechanism.ts';
import { DNS_SERVER, mechanismOption, URI } from '../options/cluster.ts';
import { choice, duration, integer, namespace, privileges } from '../options/kinds.ts';
import { optionalValue, text, texts, toggle } from '../options/option.ts';
import { ROLE_OPTIONS } from '../options/role.ts';
import { SIGNING_ALGORITHM, TOKEN_DURATION } from '../options/token.ts';

export const CHECK_OPTIONS = {
  uri: URI,
  audience: text('--audience <aud>', 'Audience of the identity provider in Atlas'),
  mechanism: mechanismOption('Authentication mechanism (default: from the URI, or oidc)', MECHANISM_CHOICES),
  tokenFile: text('--token-file <file>', 'Token file to check instead of a minted token'),
  ...ROLE_OPTIONS,
  signingAlgorithm: SIGNING_ALGORITHM,
  duration: TOKEN_DURATION,
  issuer: text('--issuer <url>', 'Expected issuer of the token (default: issuer of the account)'),
  subject: text('--subject <glob>', 'Expected subject of the token; * and ? are wildcards'),
  privilege: privileges(
    '--privilege <action@db[.coll]>',
    'Privilege that the database user must have, such as insert@app',
  ),
  writeProbe: optionalValue(
    namespace('--write-probe [db.coll]', 'Collection in which to insert, find and delete a test document', {
      env: false,
    }),
    PROBE_NAMESPACE,
  ),
  api: text('--api <url>', 'URL of an HTTP API that accepts the token'),
  atlasProject: text('--atlas-project <id>', 'ID of the Atlas project (default: MONGODB_ATLAS_PROJECT_ID)'),
  atlasCluster: text(
    '--atlas-cluster <name>',
    'Name of the cluster in Atlas (default: the cluster of the connection string)',
  ),
  atlasUrl: text('--atlas-url <url>', 'URL of the Atlas API (default: https://cloud.mongodb.com)'),
  dnsServer: DNS_SERVER,
  config: text(
    '--config <file>',
    'Configuration file with the targets (default: ./fedctl.yaml, if it exists)',
  ),
  target: texts('--target <name>', 'Target to check, from the configuration file'),
  allowHost: texts('--allow-host <host>', 'Host, or *.<domain>, to allow in a file found without --config', {
    env: false,
  }),
  only: texts('--only <id>', 'ID or ID prefix of checks to run, with their dependencies', {
    values: 'checks',
  }),
  skip: texts('--skip <id>', 'ID or ID prefix of checks to skip', { values: 'checks' }),
  list: toggle('--list', 'List all checks and what they assert', { env: false }),
  negative: toggle('--negative', 'Also check that other audiences are rejected', { env: false }),
  soak: duration(
    '--soak <time>',
    'Time to keep a connection open; must exceed the token lifetime of 60s',
    null,
  ),
  failOn: choice(
    '--fail-on <what>',
    'Least severe check status that causes exit code 5 (default: fail)',
    ['fail', 'warn'],
    'fail',
  ),
  warnExpiry: duration(
    '--warn-expiry <time>',
    'Warning threshold for the remaining lifetime of credentials and token files',
    null,
  ),
  retry: integer('--retry <n>', 'Number of retries of failed checks (default: 0)', { from: 0, to: 100 }, 0),
  wait: duration('--wait <time>', 'Maximum time to retry failed checks', 0),
  concurrency: integer(
    '--concurrency <n>',
    'Number of targets to check in parallel (default: 32)',
    { from: 1, to: 100 },
    32,
  ),
} as const;
