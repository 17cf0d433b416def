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
  mechanism: mechanismOption(
    'Authentication mechanism (default: that of the URI, or oidc)',
    MECHANISM_CHOICES,
  ),
  tokenFile: text('--token-file <file>', 'Token file of an application to check, instead of a minted token'),
  ...ROLE_OPTIONS,
  signingAlgorithm: SIGNING_ALGORITHM,
  duration: TOKEN_DURATION,
  issuer: text('--issuer <url>', 'Expected issuer of the token (default: that of the account)'),
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
  atlasProject: text('--atlas-project <id>', 'Project of the cluster [also MONGODB_ATLAS_PROJECT_ID]'),
  atlasCluster: text(
    '--atlas-cluster <name>',
    'Name of the cluster in Atlas (default: found by the connection string)',
  ),
  atlasUrl: text('--atlas-url <url>', 'URL of the Atlas API (default: https://cloud.mongodb.com)'),
  dnsServer: DNS_SERVER,
  config: text(
    '--config <file>',
    'Configuration file with the targets (default: ./fedctl.yaml, if it exists)',
  ),
  target: texts('--target <name>', 'Target of the configuration file to check'),
  allowHost: texts('--allow-host <host>', 'Host, or *.<domain>, that a found file can send tokens to', {
    env: false,
  }),
  only: texts('--only <id>', 'Check to run, or common start of several IDs, with what they need', {
    values: 'checks',
  }),
  skip: texts('--skip <id>', 'Check to skip, or common start of several IDs', { values: 'checks' }),
  list: toggle('--list', 'List all checks and what they assert', { env: false }),
  negative: toggle('--negative', 'Also test what must be denied, such as other audiences', { env: false }),
  soak: duration('--soak <time>', 'Time to hold a connection, past the expiration of its token', null),
  failOn: choice('--fail-on <what>', 'Lowest status that exits with code 5', ['fail', 'warn'], 'fail'),
  warnExpiry: duration(
    '--warn-expiry <time>',
    'Remaining lifetime below which credentials and token files warn',
    null,
  ),
  retry: integer('--retry <n>', 'Number of retries of failed checks (default: 0)', { from: 0, to: 100 }, 0),
  wait: duration('--wait <time>', 'Time to retry failed checks', 0),
  concurrency: integer(
    '--concurrency <n>',
    'Number of targets to check in parallel (default: 32)',
    { from: 1, to: 100 },
    32,
  ),
} as const;
