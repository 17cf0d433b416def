import { PROBE_NAMESPACE } from '../../lib/core/namespace.ts';
import { MECHANISM_CHOICES } from '../../lib/uri/mechanism.ts';
import { DNS_SERVER, mechanismOption, URI } from '../options/cluster.ts';
import { choice, duration, integer, namespace, privileges } from '../options/kinds.ts';
import { optionalValue, text, texts, toggle } from '../options/option.ts';
import { ROLE_OPTIONS } from '../options/role.ts';
import { SIGNING_ALGORITHM, TOKEN_DURATION } from '../options/token.ts';

/** Everything that `fedctl check` can be told. */
export const CHECK_OPTIONS = {
  uri: URI,
  audience: text('--audience <aud>', 'audience of the identity provider in Atlas'),
  mechanism: mechanismOption('how to log in (default: that of the URI, else oidc)', MECHANISM_CHOICES),
  tokenFile: text('--token-file <file>', 'check this very token, which an application reads from there'),
  ...ROLE_OPTIONS,
  signingAlgorithm: SIGNING_ALGORITHM,
  duration: TOKEN_DURATION,
  issuer: text('--issuer <url>', 'issuer that the token must have (default: that of the account)'),
  subject: text('--subject <glob>', 'whom the token must speak for; * and ? stand for anything'),
  privilege: privileges(
    '--privilege <action@db[.coll]>',
    'what the database user must be allowed, such as insert@app',
  ),
  writeProbe: optionalValue(
    namespace('--write-probe [db.coll]', 'insert, find and delete a document of its own', { env: false }),
    PROBE_NAMESPACE,
  ),
  api: text('--api <url>', 'an HTTP API that takes the token'),
  atlasProject: text('--atlas-project <id>', 'project of the cluster [also MONGODB_ATLAS_PROJECT_ID]'),
  atlasCluster: text('--atlas-cluster <name>', 'its name in Atlas (default: found by the connection string)'),
  atlasUrl: text('--atlas-url <url>', 'where the Atlas API is (default: https://cloud.mongodb.com)'),
  dnsServer: DNS_SERVER,
  config: text('--config <file>', 'check the targets of this file (default: ./fedctl.yaml, if there is one)'),
  target: texts('--target <name>', 'check this target of the file only'),
  allowHost: texts('--allow-host <host>', 'let a found file send tokens to this host, or to *.<domain>', {
    env: false,
  }),
  only: texts('--only <id>', 'only this check, or all that begin so, and what they need', {
    values: 'checks',
  }),
  skip: texts('--skip <id>', 'leave this check out, or all that begin so', { values: 'checks' }),
  list: toggle('--list', 'every check with what it asserts', { env: false }),
  negative: toggle('--negative', 'also try what must be refused: other audiences', { env: false }),
  soak: duration('--soak <time>', 'hold a connection for so long, past the end of its token', null),
  failOn: choice('--fail-on <what>', 'what ends with exit code 5', ['fail', 'warn'], 'fail'),
  warnExpiry: duration('--warn-expiry <time>', 'warn of credentials and token files that end sooner', null),
  retry: integer(
    '--retry <n>',
    'check again so many times what failed (default: 0)',
    { from: 0, to: 100 },
    0,
  ),
  wait: duration('--wait <time>', 'check again for so long what failed', 0),
  concurrency: integer(
    '--concurrency <n>',
    'targets that are checked at once (default: 32)',
    { from: 1, to: 100 },
    32,
  ),
} as const;
