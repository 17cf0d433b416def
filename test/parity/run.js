// Compares the principal of fedctl with the principals of the AWS SDK for JavaScript, boto3 and both versions of the AWS
// CLI, for each row of rows.js. The last line is `N rows, M compared live, K skipped`. An installed witness must not be skipped.
// `--show` prints the outcome of each witness. docs/parity.md lists the intended differences.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startFakeAws } from './fake-aws.js';
import { kindOf } from './kinds.js';
import { ROWS } from './rows.js';

const SELF = fileURLToPath(import.meta.url);
const HERE = dirname(SELF);
const SDK = join(HERE, 'witnesses', 'sdk.js');
const FEDCTL = join(HERE, '..', '..', 'bin', 'fedctl.js');
const LINK_LOCAL = ['169.254.169.254', '169.254.170.2', '169.254.170.23'];
const INSIDE = 'FEDCTL_PARITY_NAMESPACE';
const MOST_MS = 60_000;

if (process.env[INSIDE] === undefined) {
  const namespace = namespaceOf();
  if (namespace !== null) {
    const inside = spawnSync(
      namespace[0],
      [...namespace.slice(1), process.execPath, SELF, ...process.argv.slice(2)],
      {
        stdio: 'inherit',
        env: { ...process.env, [INSIDE]: 'yes' },
      },
    );
    process.exit(inside.status ?? 1);
  }
}

/** An isolated network in which this machine has the default endpoint addresses of programs; null if unsupported. */
function namespaceOf() {
  const up = [
    'ip link set lo up',
    ...LINK_LOCAL.map((address) => `ip address add ${address}/32 dev lo`),
  ].join(' && ');
  for (const unshare of [
    ['unshare', '-rn'],
    ['unshare', '-n'],
  ]) {
    const command = [...unshare, 'sh', '-c', `${up} && exec "$@"`, 'sh'];
    if (spawnSync(command[0], [...command.slice(1), 'true'], { stdio: 'ignore' }).status === 0)
      return command;
  }
  return null;
}

const say = (line) => process.stdout.write(`${line}\n`);
const inNamespace = process.env[INSIDE] === 'yes';
const addresses = await startFakeAws(inNamespace);
const directory = mkdtempSync(join(tmpdir(), 'fedctl-parity-'));

/** The version of a module in a Python installation; null if not installed. */
function versionIn(python, module) {
  const asked = spawnSync(python, ['-c', `import ${module}; print(${module}.__version__)`], {
    encoding: 'utf8',
  });
  return asked.status === 0 ? asked.stdout.trim() : null;
}

/** The Python programs to try. The absolute paths are necessary, because a version manager can hide the Python of the system. */
const PYTHONS = ['python3', '/usr/bin/python3', '/usr/local/bin/python3'];
const pythonWith = (module, version) =>
  PYTHONS.find((python) => version.test(versionIn(python, module) ?? ''));

/** The AWS CLI with this major version on the PATH; null if not found. */
function awsOnPath(version) {
  const programs = (process.env.PATH ?? '').split(':').map((directory) => join(directory, 'aws'));
  const isVersion = (program) =>
    version.test(
      spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout?.replace(/^aws-cli\//, '') ?? '',
    );
  return programs.find((program) => existsSync(program) && isVersion(program)) ?? null;
}

const CALL = ['sts', 'get-caller-identity', '--output', 'json'];

/** The AWS CLI as a Python module that is loaded once; otherwise as a separate program. */
function awsCli(version, more = []) {
  const module = inPython('awscli', 'cli', version, more);
  if (module !== null) return module;
  const program = awsOnPath(version);
  return program === null
    ? null
    : { ask: (row) => started(program, [...CALL, ...row.arguments, ...more], row) };
}

const WITNESSES = {
  fedctl: {
    ask: (row) =>
      started(process.execPath, [FEDCTL, 'whoami', '--json', '--timeout', '10s', ...row.arguments], row),
  },
  sdk: { ask: (row) => started(process.execPath, [SDK, ...row.arguments], row) },
  boto3: inPython('boto3', 'boto3', /./),
  v1: awsCli(/^1\./),
  v2: awsCli(/^2\./, ['--endpoint-url', addresses.first]),
};

function started(program, args, { env, home }) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env,
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: MOST_MS,
    });
    const seen = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].setEncoding('utf8').on('data', (text) => {
        seen[name] += text;
      });
    child.on('close', (code) => resolve({ code, ...seen }));
  });
}

/** A Python program, loaded once for all rows; null if not installed. */
function inPython(module, driver, version, more = []) {
  const python = pythonWith(module, version);
  if (python === undefined) return null;
  let lines = null;
  let child = null;
  return {
    async ask({ env, home, arguments: args }) {
      if (child === null) {
        child = spawn(python, [join(HERE, 'witnesses', 'python.py'), driver], {
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      }
      child.stdin.write(`${JSON.stringify({ env, home, arguments: [...args, ...more] })}\n`);
      const { value } = await lines.next();
      return JSON.parse(value);
    },
    end: () => child?.stdin.end(),
  };
}

/** Writes the files of a row, and fills in addresses and paths. */
function prepared(row, index) {
  const home = join(directory, String(index));
  const filled = (text) =>
    text
      .replace(/\{([a-z:0-9-]+)\}/g, (all, name) => (name === 'home' ? home : (addresses[name] ?? all)))
      .replace(/(\/container\/[\w-]+)/, `$1/${index}`);
  const write = (name, text) => {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), filled(text));
  };
  mkdirSync(home);
  write('.aws/config', row.config ?? '');
  write('.aws/credentials', row.credentials ?? '');
  for (const [name, text] of Object.entries(row.files ?? {})) write(name, text);
  if (row.login !== undefined) {
    const name = createHash('sha1').update(row.login.key).digest('hex');
    write(
      `.aws/sso/cache/${name}.json`,
      JSON.stringify({
        startUrl: row.login.key,
        region: 'eu-west-1',
        accessToken: 'token',
        expiresAt: row.login.expiresAt,
      }),
    );
  }
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_REGION: 'eu-central-1',
    AWS_DEFAULT_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL_STS: addresses.first,
    AWS_ENDPOINT_URL_IAM: addresses.first,
    AWS_MAX_ATTEMPTS: '1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    ...Object.fromEntries(
      Object.entries(row.env ?? {}).map(([name, value]) => [
        name,
        value === undefined ? undefined : filled(value),
      ]),
    ),
  };
  for (const [name, value] of Object.entries(env)) if (value === undefined) delete env[name];
  return { env, home, arguments: row.profile === undefined ? [] : ['--profile', row.profile] };
}

/** The outcome of one witness: the access key, the Region or endpoint if the row compares it, or the failure kind. */
function outcomeOf({ code, stdout, stderr }, see) {
  if (code !== 0) return kindOf(stderr === '' ? stdout : stderr);
  const answer = JSON.parse(stdout);
  const [region, place] = (answer.UserId ?? answer.userId).split('@');
  if (see === 'region') return region;
  if (see === 'endpoint') return place;
  return (answer.Arn ?? answer.arn).split('/').at(-1);
}

const show = process.argv.includes('--show');
const prepare = ROWS.map(prepared);
const outcomes = ROWS.map(() => ({}));
const runnable = (row) => row.needs !== 'namespace' || inNamespace;
/** Runs a witness for one row after another. A witness that restarts for each row has several concurrent workers. */
async function worked(name, witness, rest) {
  for (const [index, row] of rest) {
    if (!row.witnesses.includes(name) || !runnable(row)) continue;
    outcomes[index][name] = outcomeOf(await witness.ask(prepare[index]), row.see);
  }
}
// The witnesses run concurrently, which uses two cores fully.
await Promise.all(
  Object.entries(WITNESSES).map(async ([name, witness]) => {
    if (witness === null) return;
    const rest = ROWS.entries();
    await Promise.all(Array.from({ length: name === 'fedctl' ? 2 : 1 }, () => worked(name, witness, rest)));
    witness.end?.();
  }),
);

const missing = Object.keys(WITNESSES).filter((name) => WITNESSES[name] === null);
const tally = { compared: 0, skipped: 0, failed: 0 };
for (const [index, row] of ROWS.entries()) {
  const title = `${row.group}: ${row.name}`;
  if (!runnable(row)) {
    tally.skipped += 1;
    say(`skip  ${title}: it needs a network of its own`);
    continue;
  }
  const seen = outcomes[index];
  const wrong = row.witnesses.filter(
    (name) => WITNESSES[name] !== null && seen[name] !== (row.differs[name] ?? row.expected),
  );
  tally.compared += 1;
  if (wrong.length > 0) {
    tally.failed += 1;
    say(`FAIL  ${title}`);
    for (const name of wrong)
      say(`      ${name}: expected ${row.differs[name] ?? row.expected}, was ${seen[name]}`);
  } else if (show) {
    say(
      `pass  ${title}: ${Object.entries(seen)
        .map(([name, outcome]) => `${name} ${outcome}`)
        .join(', ')}`,
    );
  }
}
rmSync(directory, { recursive: true });
for (const name of missing) say(`note  ${name} is not installed: no row was held against it`);
say(`${ROWS.length} rows, ${tally.compared} compared live, ${tally.skipped} skipped`);
process.exit(tally.failed === 0 ? 0 : 1);
