// Measures each command relative to `node -e 0` and to programs with the same purpose. The processes run in a lab, with
// piped output and warm caches. A figure is the lower quartile of the pairs; a pair is one run of `node -e 0` and one
// run of the command. Writes bench/RESULTS.md and, for --check, bench/results.json.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { delayed } from './delayed.js';
import { describeRuns } from './describe.js';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const BIN = path('../bin/fedctl.js');
const RESULTS = path('results.json');
const RUNS = 2;
const QUIET = 0.5;
/** The maximum time that a run waits until the load of the previous run has dropped, in milliseconds. */
const PATIENCE = 180_000;
const REGRESSION = 1.15;
const ROUND_TRIP = 50;

/**
 * @param {object} options
 * @param {number} options.pairs
 * @param {boolean} options.force whether to measure on a busy machine
 * @param {boolean} options.check whether to compare with the recorded results instead of recording
 * @returns {Promise<number>} exit code: 1 when a limit is exceeded or a command is slower than recorded, 3 when the
 *   measurement is invalid
 */
export async function run({ pairs, force, check }) {
  const runs = [];
  for (let count = 0; count < (check ? 1 : RUNS); count += 1) {
    const load = await quietLoad(force ? 0 : PATIENCE);
    if (load > QUIET && !force) {
      process.stderr.write(`void: the load is ${load.toFixed(2)}, above ${QUIET}\n`);
      return 3;
    }
    runs.push({ load, at: new Date().toISOString(), ...(await measure(pairs)) });
  }
  if (check) return compare(runs[0], JSON.parse(readFileSync(RESULTS, 'utf8')));
  const about = {
    command: `npm run bench -- --pairs ${pairs}${force ? ' --force' : ''}`,
    machine: `${cpus().length} × ${cpus()[0]?.model}, ${process.platform} ${process.arch}`,
    node: process.version,
    forced: force,
  };
  const { text, misses } = describeRuns(about, runs);
  writeFileSync(path('RESULTS.md'), text);
  writeFileSync(RESULTS, `${JSON.stringify({ about, runs }, null, 2)}\n`);
  process.stdout.write(text);
  return misses === 0 ? 0 : 1;
}

async function quietLoad(patience) {
  const until = performance.now() + patience;
  while (loadavg()[0] > QUIET && performance.now() < until) await sleep(5000);
  return loadavg()[0];
}

/** Measures all commands once. */
async function measure(pairs) {
  const directory = mkdtempSync(join(tmpdir(), 'fedctl-bench-'));
  const home = join(directory, 'home');
  mkdirSync(home);
  const outside = { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: join(home, 'cache') };
  mkdirSync(outside.XDG_CACHE_HOME);
  const lab = spawn(process.execPath, ['--', BIN, 'sandbox', '--json'], {
    env: outside,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const meter = startMeter();
  const slow = [];
  try {
    const [line] = await once(createInterface(lab.stdout), 'line');
    const env = { ...outside, ...JSON.parse(line).env };
    const token = join(directory, 'token.jwt');
    const once_ = (args, more = {}) => meter.use([process.execPath, '--', BIN, ...args], { ...env, ...more });
    await once_(['enable', '--quiet']);
    await once_(['token', '--duration', '1h', '--out', token]);
    const rows = [];
    for (const [name, args] of COMMANDS) {
      const argv = [process.execPath, '--', BIN, ...args.map((word) => (word === 'TOKEN' ? token : word))];
      const cached = await inPairs(meter, argv, env, pairs);
      const uncached = await inPairs(meter, argv, { ...env, NODE_DISABLE_COMPILE_CACHE: '1' }, pairs);
      rows.push({ name, cached, uncached });
    }
    const peers = [];
    for (const { name, argv, about } of findPeers(env)) {
      const withToken = { ...env, AZURE_FEDERATED_TOKEN_FILE: token };
      peers.push({ name, about, cached: await inPairs(meter, argv, withToken, pairs) });
    }
    const sts = await delayed(env.AWS_ENDPOINT_URL_STS, ROUND_TRIP);
    const mongod = await delayed(env.FEDCTL_URI, ROUND_TRIP);
    slow.push(sts, mongod);
    const far = { AWS_ENDPOINT_URL_STS: sts.url, FEDCTL_URI: mongod.url };
    const scale = {
      farConnectMs: await wallOf(pairs, () => once_(['connect', '--mechanism', 'oidc'], far)),
      ...(await manyTargets(once_, env, directory, pairs)),
    };
    return { rows, peers, scale };
  } finally {
    meter.end();
    for (const each of slow) each.close();
    lab.kill('SIGTERM');
    if (lab.exitCode === null) await once(lab, 'exit');
    rmSync(directory, { recursive: true });
  }
}

const COMMANDS = [
  ['--help', ['--help']],
  ['--version', ['--version']],
  ['decode', ['decode', 'TOKEN']],
  ['verify', ['verify', 'TOKEN']],
  ['token', ['token']],
  ['credentials', ['credentials', '--format', 'process']],
  ['whoami', ['whoami']],
  ['status', ['status']],
  ['connect --mechanism oidc', ['connect', '--mechanism', 'oidc']],
  ['connect --mechanism aws', ['connect', '--mechanism', 'aws']],
  ['check', ['check']],
  ['sandbox -- true', ['sandbox', '--', 'true']],
];

/** The installed programs with the same purpose. */
function findPeers(env) {
  const mongosh = path('../test/clients/node_modules/.bin/mongosh');
  const uri = `${env.FEDCTL_URI}?authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:k8s`;
  const peers = [
    ...['/usr/bin/aws', 'aws'].map((aws) => ({
      name: versionOf(aws, env)?.split(' ')[0].replace('aws-cli/', 'AWS CLI '),
      // Version 2.9 does not support AWS_ENDPOINT_URL_STS.
      argv: [aws, 'sts', 'get-caller-identity', '--endpoint-url', env.AWS_ENDPOINT_URL_STS],
      about: 'sts get-caller-identity, beside whoami',
    })),
    {
      name: existsSync(mongosh) ? `mongosh ${versionOf(mongosh, env)}` : undefined,
      argv: [mongosh, uri, '--quiet', '--norc', '--eval', 'db.runCommand({ ping: 1 })'],
      about: 'ping by MONGODB-OIDC, beside connect',
    },
    {
      name: 'AWS SDK for JavaScript alone',
      argv: [process.execPath, path('peers/sdk.js')],
      about: 'GetWebIdentityToken, beside token',
    },
    {
      name: 'MongoDB driver alone',
      argv: [process.execPath, path('peers/driver.js')],
      about: 'ping by MONGODB-OIDC with a token at hand, beside connect',
    },
  ];
  return peers.filter(
    ({ name }, at) => name !== undefined && peers.findIndex((other) => other.name === name) === at,
  );
}

function versionOf(program, env) {
  const { status, stdout } = spawnSync(program, ['--version'], { env, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}

/** Targets with the same audience and cluster, for which fedctl runs shared checks once. */
async function manyTargets(once_, env, directory, pairs) {
  const file = (count) => {
    const target = { uri: env.FEDCTL_URI, audience: env.FEDCTL_AUDIENCE };
    const targets = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`target-${index}`, target]),
    );
    const name = join(directory, `${count}.yaml`);
    writeFileSync(name, `targets: ${JSON.stringify(targets)}\n`);
    return name;
  };
  const rounds = Math.min(pairs, 3);
  const check = (count) => wallOf(rounds, () => once_(['check', '--config', file(count)]));
  const [one, hundred] = [await check(1), await check(100)];
  const { mib, wallMs } = await once_(['check', '--config', file(2000), '--quiet']);
  return { oneMs: one, hundredMs: hundred, thousandsMs: wallMs, thousandsMib: mib };
}

async function wallOf(rounds, once_) {
  const found = [];
  for (let round = 0; round < rounds; round += 1) found.push((await once_()).wallMs);
  return lowerQuartile(found);
}

async function inPairs(meter, argv, env, pairs) {
  const found = [];
  // The first two runs fill the caches of fedctl and of the file system.
  for (let pair = -2; pair < pairs; pair += 1) {
    const node = await meter.use([process.execPath, '-e', '0'], env);
    const command = await meter.use(argv, env);
    if (pair >= 0) found.push({ node, command });
  }
  const of = (figure) => lowerQuartile(found.map(figure));
  return {
    cpu: of(({ node, command }) => command.cpuMs / node.cpuMs),
    wall: of(({ node, command }) => command.wallMs / node.wallMs),
    wallMs: of(({ command }) => command.wallMs),
    mib: of(({ command }) => command.mib),
    nodeMs: of(({ node }) => node.cpuMs),
    nodeMib: of(({ node }) => node.mib),
  };
}

function lowerQuartile(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)];
}

function startMeter() {
  const meter = spawn('python3', [path('meter.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface(meter.stdout)[Symbol.asyncIterator]();
  return {
    /** Runs a program until it exits. @returns its resource usage; rejects unless it exits with 0 */
    async use(argv, env) {
      meter.stdin.write(`${JSON.stringify({ argv, env })}\n`);
      const { value } = await answers.next();
      const used = JSON.parse(value);
      if (used.status !== 0) throw new Error(`${argv.join(' ')} ended with ${used.status}\n${used.said}`);
      return used;
    },
    end: () => meter.stdin.end(),
  };
}

/** @returns 1 when a command uses over 15 % more time or memory than in the slower of the recorded runs */
function compare({ rows }, recorded) {
  let slower = 0;
  for (const { name, cached } of rows) {
    const before = recorded.runs.flatMap((run) => run.rows.filter((row) => row.name === name));
    for (const figure of ['cpu', 'mib']) {
      const most = Math.max(...before.map((row) => row.cached[figure]));
      const worse = cached[figure] / most > REGRESSION;
      if (worse) slower += 1;
      const verdict = worse ? 'SLOWER' : 'ok';
      process.stdout.write(
        `${verdict.padEnd(8)}${name.padEnd(28)}${figure} ${cached[figure].toFixed(2)}, recorded ${most.toFixed(2)}\n`,
      );
    }
  }
  return slower === 0 ? 0 : 1;
}
