// Clients that use the fixed addresses of AWS platforms or the system's DNS server, in the network of an isolated lab.
// Each program runs under --isolate, so no packet leaves the machine.
import { strict as assert } from 'node:assert';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROLE = 'arn:aws:iam::123456789012:role/app';
const PLATFORMS = ['ec2', 'ecs', 'lambda', 'eks', 'eks-pod-identity'];
const PYMONGO = ['pymongo==4.18.2', 'dnspython==2.8.0'];

/** A program with the Node.js driver from the project's dependencies. The argument is the connection string. */
const NODE_DRIVER = `
const { MongoClient } = require(${JSON.stringify(join(HERE, '..', '..', 'node_modules', 'mongodb'))});
const client = new MongoClient(process.argv[1]);
client.db('admin').command({ connectionStatus: 1 })
  .then(({ authInfo }) => console.log(authInfo.authenticatedUsers[0].user))
  .finally(() => client.close());
`;

const PYTHON = `
import os, pymongo
client = pymongo.MongoClient(os.environ['MONGODB_URI'])
client.fedctl.pymongo.insert_one({'made': 'here'})
status = client.admin.command('connectionStatus')
print(status['authInfo']['authenticatedUsers'][0]['user'], len(client.nodes))
`;

/**
 * @param {object} tools
 * @param {(what: string, work: () => Promise<void>) => Promise<void>} tools.proves
 * @param {(what: string, why: string) => void} tools.skips
 * @param {(program: string, args: string[], env?: object) => Promise<string>} tools.run
 * @param {string} tools.bin of fedctl
 * @param {string} tools.mongosh
 * @param {string} tools.directory for files
 */
export async function proveIsolated({ proves, skips, run, bin, mongosh, directory }) {
  /** Runs a program in an isolated lab. `{aws}` in an argument is the connection string for MONGODB-AWS. */
  const isolated = async (options, program, args, env = {}) => {
    const words = [program, ...args].map((word) =>
      word === '{aws}' ? '"$URI"' : `'${word.replaceAll("'", "'\\''")}'`,
    );
    const script = `case $FEDCTL_URI in *\\?*) URI="$FEDCTL_URI&";; *) URI="$FEDCTL_URI?";; esac
      URI="\${URI}authMechanism=MONGODB-AWS"; ${words.join(' ')}`;
    const line = [bin, 'sandbox', '--isolate', ...options, '--', 'sh', '-c', script];
    return (await run(process.execPath, line, env)).trim();
  };
  const trial = spawnSync(process.execPath, [bin, 'sandbox', '--isolate', '--', 'true'], {
    encoding: 'utf8',
  });
  if (trial.status !== 0) {
    const why = trial.stderr.split('\n')[0];
    for (const what of ['libmongoc', 'the Node driver', 'mongosh', 'PyMongo', 'the AWS CLI']) {
      skips(`${what} in an isolated lab`, why);
    }
    return;
  }
  const login = buildLogin(directory);
  if (typeof login === 'string') {
    for (const platform of ['ec2', 'ecs', 'lambda']) {
      await proves(`libmongoc logs in by MONGODB-AWS as on ${platform}`, async () => {
        assert.equal(await isolated(['--as', platform], login, ['{aws}']), ROLE);
      });
    }
    await proves('libmongoc logs in by MONGODB-AWS as on ec2 over SRV', async () => {
      assert.equal(await isolated(['--as', 'ec2', '--srv'], login, ['{aws}']), ROLE);
    });
  } else skips('libmongoc in an isolated lab', login.missing);
  for (const platform of PLATFORMS) {
    await proves(`the Node driver logs in by MONGODB-AWS as on ${platform}`, async () => {
      assert.equal(
        await isolated(['--as', platform], process.execPath, ['-e', NODE_DRIVER, '--', '{aws}']),
        ROLE,
      );
    });
    await proves(`mongosh logs in by MONGODB-AWS as on ${platform}`, async () => {
      const user = 'print(db.runCommand({ connectionStatus: 1 }).authInfo.authenticatedUsers[0].user)';
      const args = ['{aws}', '--quiet', '--norc', '--eval', user];
      assert.equal(await isolated(['--as', platform], mongosh, args), ROLE);
    });
  }
  await provePyMongo({ proves, skips, isolated, directory });
  if (spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0) {
    await proves('the AWS CLI finds the role of an instance without a variable', async () => {
      const args = [
        'sts',
        'get-caller-identity',
        '--region',
        'eu-central-1',
        '--query',
        'Arn',
        '--output',
        'text',
      ];
      assert.equal(
        await isolated(['--as', 'ec2'], 'aws', args, { AWS_PAGER: '' }),
        'arn:aws:sts::123456789012:assumed-role/app/i-0fedc71ab00000001',
      );
    });
  } else skips('the AWS CLI in an isolated lab', 'it is not installed');
}

/** PyMongo resolves names with dnspython, and gets its token file from `fedctl exec`. */
async function provePyMongo({ proves, skips, isolated, directory }) {
  const what = 'PyMongo logs in by MONGODB-OIDC over SRV';
  const packages = join(directory, 'python');
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', packages];
  const pip = spawnSync('python3', [...install, ...PYMONGO], { encoding: 'utf8', timeout: 120_000 });
  if (pip.status !== 0) {
    return skips(
      what,
      `pip cannot install it (${String(pip.stderr ?? pip.error)
        .trim()
        .split('\n')
        .at(-1)})`,
    );
  }
  const script = join(directory, 'login.py');
  writeFileSync(script, PYTHON);
  await proves(what, async () => {
    const line = `fedctl enable --no-wait --quiet && fedctl exec -- python3 ${script}`;
    const said = await isolated(['--srv'], 'sh', ['-c', line], { PYTHONPATH: packages });
    assert.match(said, /[0-9a-f]{24}\/arn:aws:iam::123456789012:user\/operator 1$/);
  });
}

/** @returns the compiled program, or the name of the missing requirement */
function buildLogin(directory) {
  const flags = spawnSync('pkg-config', ['--cflags', '--libs', 'libmongoc-1.0'], { encoding: 'utf8' });
  if (flags.status !== 0) return { missing: 'libmongoc-dev and pkg-config are not installed' };
  const program = join(directory, 'login');
  const args = ['-o', program, join(HERE, 'login.c'), ...flags.stdout.trim().split(/\s+/)];
  const compiled = spawnSync('cc', args, { encoding: 'utf8' });
  if (compiled.error !== undefined) return { missing: 'there is no C compiler' };
  assert.equal(compiled.status, 0, compiled.stderr);
  return program;
}
