// The chain on a real account and cluster. Does nothing unless FEDCTL_LIVE=1, and enables nothing unless
// FEDCTL_LIVE_ENABLE=1. Wants AWS credentials and a Region as fedctl finds them, FEDCTL_AUDIENCE, and for the database
// half FEDCTL_URI.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BIN = fileURLToPath(new URL('../../bin/fedctl.js', import.meta.url));
const say = (line) => process.stdout.write(`${line}\n`);

if (process.env.FEDCTL_LIVE !== '1') {
  say('');
  say('*** SKIPPED: the live tests did not run. ***');
  say(
    '*** Nothing was proved about a real AWS account or a real cluster. Set FEDCTL_LIVE=1 to run them. ***',
  );
  say('');
  say('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}

// Not for fedctl itself: FEDCTL_<OPTION> variables are options of the command line.
const { FEDCTL_LIVE, FEDCTL_LIVE_ENABLE, ...env } = process.env;
const directory = mkdtempSync(join(tmpdir(), 'fedctl-live-'));
const token = join(directory, 'token.jwt');
const tally = { passed: 0, failed: 0, skipped: 0 };

function step(...args) {
  say(`\n$ fedctl ${args.join(' ')}`);
  const { status } = spawnSync(process.execPath, [BIN, ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  if (status === 0) tally.passed += 1;
  else tally.failed += 1;
  say(status === 0 ? 'pass' : `FAIL: exit code ${status}`);
}

function skip(what, why) {
  tally.skipped += 1;
  say(`\nskip  ${what}: ${why}`);
}

step('whoami');
if (FEDCTL_LIVE_ENABLE === '1') step('enable');
else skip('fedctl enable', 'it changes the account; set FEDCTL_LIVE_ENABLE=1');
step('status', '--require', 'enabled');
if (env.FEDCTL_AUDIENCE === undefined) {
  skip('the token half', 'FEDCTL_AUDIENCE is not set');
} else {
  step('token', '--out', token);
  step('decode', token);
  step('verify', token);
}
step('credentials');
if (env.FEDCTL_URI === undefined) {
  skip('the database half', 'FEDCTL_URI is not set');
} else {
  if (env.FEDCTL_AUDIENCE === undefined)
    skip('fedctl connect --mechanism oidc', 'FEDCTL_AUDIENCE is not set');
  else step('connect', '--mechanism', 'oidc');
  step('connect', '--mechanism', 'aws');
}
rmSync(directory, { recursive: true, force: true });
say(`\n${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;
