// Replaces the bundled tool in tests of the action: records how it was called, and simulates the result of
// `fedctl check` that STAND_IN names.

import { appendFileSync, writeFileSync } from 'node:fs';

const argv = process.argv.slice(2);
const { STAND_IN: ending = 'healthy', STAND_IN_RECORD: record = '' } = process.env;
writeFileSync(record, JSON.stringify({ argv, cwd: process.cwd(), env: process.env }));

const check = (id, status, code = null) => ({ id, status, code });
const ENDINGS = {
  healthy: { exit: 0, checks: [check('sts.mint', 'pass')] },
  broken: {
    exit: 5,
    checks: [
      check('sts.mint', 'pass'),
      check('aws.credentials', 'warn', 'aws.credentials-expiring'),
      check('mongo.tcp', 'fail', 'mongo.port-closed'),
      check('mongo.oidc.login', 'fail', 'mongo.oidc-refused'),
    ],
  },
  warned: { exit: 5, checks: [check('sts.mint', 'pass'), check('mongo.tls', 'warn', 'mongo.tls-expiring')] },
  usage: { exit: 2, checks: null },
  silent: { exit: 1, checks: null },
  stopped: { exit: 143, checks: null },
};
const { exit, checks } = ENDINGS[ending];
const files = Object.fromEntries(
  argv.filter((_, at) => argv[at - 1] === '--output').map((face) => face.split(/=(.*)/s)),
);
if (ending === 'usage') {
  process.stderr.write(
    'error: --audience is missing: 100%\ncause:  none\nremedy: add it\ncode:   usage.missing-audience\n',
  );
}
if (checks !== null) {
  const report = { schema: 'fedctl.check/v1', ok: exit === 0, targets: [{ name: 'default', checks }] };
  writeFileSync(files.json, JSON.stringify(report));
  // Quoted text in a report can look like a workflow command.
  writeFileSync(files.human, '  ✗ said\n::set-output name=ok::pwned\n::error::pwned\n');
  if (files.junit) writeFileSync(files.junit, '<testsuites/>\n');
  if (files.html) writeFileSync(files.html, '<!doctype html>\n');
  appendFileSync(process.env.GITHUB_STEP_SUMMARY, '## summary\n');
  if (exit !== 0) process.stdout.write('::error title=fedctl check%3A mongo.tcp::closed%0Aport\n');
}
process.exitCode = exit;
if (ending === 'stopped') {
  const waiting = setTimeout(() => {}, 20_000);
  process.once('SIGTERM', () => clearTimeout(waiting));
  process.stdout.write('waiting\n');
}
