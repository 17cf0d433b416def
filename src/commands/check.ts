import { DEFAULT_DURATION_SECONDS } from '../lib/auth/lifetime.ts';
import { planCheck, runCheck } from '../lib/check/run.ts';
import { EXIT } from '../lib/exit-codes.ts';
import { checkDocument } from '../lib/render/check/document.ts';
import { MECHANISM_CHOICES } from '../lib/uri/mechanism.ts';
import { listChecks } from './check/list.ts';
import { CHECK_FACES, refuseUnwritableReports, reportFaces } from './check/reports.ts';
import { readRequest } from './check/request.ts';
import { StreamedChecks } from './check/streamed.ts';
import { type Answer, command, type Invocation } from './command.ts';
import { DNS_OPTIONS } from './dns-option.ts';
import { choice, duration, optionalText, text, texts, toggle } from './options.ts';
import { ROLE_OPTIONS } from './role-options.ts';

export const CHECK_OPTIONS = {
  uri: text('--uri <uri>', 'connection string of the cluster, without a password'),
  audience: text('--audience <aud>', 'audience of the identity provider in Atlas'),
  mechanism: choice(
    '--mechanism <name>',
    'how to log in (default: that of the URI, else oidc)',
    MECHANISM_CHOICES,
    null,
  ),
  tokenFile: text('--token-file <file>', 'check this very token, which an application reads from there'),
  ...ROLE_OPTIONS,
  signingAlgorithm: choice(
    '--signing-algorithm <name>',
    'how AWS signs the token',
    ['RS256', 'ES384'],
    'RS256',
  ),
  duration: duration('--duration <time>', 'how long the token lives (default: 5m)', DEFAULT_DURATION_SECONDS),
  issuer: text('--issuer <url>', 'issuer that the token must have (default: that of the account)'),
  subject: text('--subject <glob>', 'whom the token must speak for; * and ? stand for anything'),
  privilege: texts(
    '--privilege <action@db[.coll]>',
    'what the database user must be allowed, such as insert@app',
  ),
  writeProbe: optionalText(
    '--write-probe [db.coll]',
    'insert, find and delete a document of its own',
    'fedctl.probe',
    {
      env: false,
    },
  ),
  api: text('--api <url>', 'an HTTP API that takes the token'),
  atlasProject: text('--atlas-project <id>', 'project of the cluster [also MONGODB_ATLAS_PROJECT_ID]'),
  atlasCluster: text('--atlas-cluster <name>', 'its name in Atlas (default: found by the connection string)'),
  atlasUrl: text('--atlas-url <url>', 'where the Atlas API is (default: https://cloud.mongodb.com)'),
  ...DNS_OPTIONS,
  config: text('--config <file>', 'check the targets of this file (default: ./fedctl.yaml, if there is one)'),
  target: texts('--target <name>', 'check this target of the file only'),
  allowHost: texts('--allow-host <host>', 'let a found file send tokens to this host, or to *.<domain>', {
    env: false,
  }),
  only: texts('--only <id>', 'only this check, or all that begin so, and what they need'),
  skip: texts('--skip <id>', 'leave this check out, or all that begin so'),
  list: toggle('--list', 'every check with what it asserts', { env: false }),
  negative: toggle('--negative', 'also try what must be refused: other audiences', { env: false }),
  soak: duration('--soak <time>', 'hold a connection for so long, past the end of its token', null),
  failOn: choice('--fail-on <what>', 'what ends with exit code 5', ['fail', 'warn'], 'fail'),
  warnExpiry: duration('--warn-expiry <time>', 'warn of credentials and token files that end sooner', null),
  retry: text('--retry <n>', 'check again so many times what failed (default: 0)'),
  wait: duration('--wait <time>', 'check again for so long what failed', 0),
  concurrency: text('--concurrency <n>', 'targets that are checked at once (default: 8)'),
} as const;

export const check = command({
  arguments: '',
  examples: [
    "fedctl check --uri 'mongodb+srv://cluster0.example.mongodb.net/' --audience my-atlas",
    'fedctl check --mechanism both --privilege insert@app --write-probe app.probe',
    'fedctl check --token-file /var/run/token               # the very token that an application reads',
    'fedctl check --only sts                                # as far as a minted token',
    'fedctl check --config fedctl.yaml --output junit=report.xml --output html=report.html',
    'fedctl check --wait 2m                                 # right after something was changed',
    'fedctl check --list                                    # every check with what it asserts',
  ],
  notes: `Walks the chain from the AWS keys to the database: each check once what it needs has passed, independent ones side by
side. The first that failed is where to begin; what depends on it is skipped and says so. Exit code 0: the chain
holds; 5: it does not; 2: the command line or the configuration is wrong.

--output human, json, junit, github, markdown or html, several at once with a file for each but one.
With credentials of the Atlas API (MONGODB_ATLAS_CLIENT_ID and MONGODB_ATLAS_CLIENT_SECRET, or MONGODB_ATLAS_PUBLIC_API_KEY
and MONGODB_ATLAS_PRIVATE_API_KEY) the cause of a refused login is found by comparing; without, it can only be narrowed down.
A file that was found in the working directory sends tokens to Atlas and to this machine only; --config trusts one.`,
  options: CHECK_OPTIONS,
  faces: CHECK_FACES,
  run,
});

async function run(invocation: Invocation<typeof CHECK_OPTIONS>): Promise<Answer> {
  const { context, options, common } = invocation;
  if (options.list) return listChecks(common.faces);
  const plan = planCheck(context, await readRequest(invocation));
  await refuseUnwritableReports(invocation);
  const streamed = new StreamedChecks(invocation, plan);
  const report = await runCheck(context, plan, (event) => streamed.observe(event));
  const lines = await reportFaces(report, common.faces, invocation);
  streamed.end(report);
  return { document: checkDocument(report), lines, exitCode: report.ok ? EXIT.done : EXIT.answeredNo };
}
