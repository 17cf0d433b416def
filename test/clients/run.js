// Tests the lab with third-party clients. Installs the clients, runs itself again inside a lab, and prints a last line
// `N passed, N failed`. A skip of mongosh, aws-jwt-verify or jose is a failure. AWS CLI operations are skipped by name
// if the CLI is missing or does not support them. Clients of isolated.js are skipped in the same way.
import { strict as assert } from 'node:assert';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { proveIsolated } from './isolated.js';

const SELF = fileURLToPath(import.meta.url);
const HERE = dirname(SELF);
const BIN = join(HERE, '..', '..', 'bin', 'fedctl.js');
const MONGOSH = join(HERE, 'node_modules', '.bin', 'mongosh');
const SUBJECT = 'arn:aws:iam::123456789012:user/operator';

if (process.argv[2] !== 'inside') {
  if (!existsSync(MONGOSH)) {
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-fund', '--no-audit'], {
      cwd: HERE,
      stdio: 'inherit',
    });
  }
  const inside = spawnSync(process.execPath, [BIN, 'sandbox', '--', process.execPath, SELF, 'inside'], {
    stdio: 'inherit',
    env: { ...process.env, CLIENT_RESULTS: process.env.FEDCTL_CLIENT_RESULTS ?? '' },
  });
  process.exit(inside.status ?? 1);
}

const say = (line) => process.stdout.write(`${line}\n`);
const directory = mkdtempSync(join(tmpdir(), 'fedctl-clients-'));
const tally = { passed: 0, failed: 0, skipped: 0 };

async function proves(what, work) {
  try {
    await work();
    tally.passed += 1;
    say(`pass  ${what}`);
  } catch (error) {
    tally.failed += 1;
    say(`FAIL  ${what}\n${error.stack}\n${error.stderr ?? ''}`);
  }
}

function skips(what, why) {
  tally.skipped += 1;
  say(`skip  ${what}: ${why}`);
}

/** Runs a program in the lab, asynchronously because it uses servers of this process. Rejects unless it exits with 0. */
async function run(program, args, env = {}) {
  const { stdout } = await promisify(execFile)(program, args, {
    env: { ...process.env, HOME: directory, ...env },
    timeout: 60_000,
    maxBuffer: 8 << 20,
  });
  return stdout;
}

const fedctl = (...args) => fedctlIn({}, ...args);
const fedctlIn = (lab, ...args) => run(process.execPath, [BIN, ...args], lab);

/** Runs a second lab in addition to the current lab. */
async function withLab(options, work) {
  const lab = spawn(process.execPath, [BIN, 'sandbox', '--json', ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface(lab.stdout), 'line');
    await work(JSON.parse(line).env);
  } finally {
    lab.kill();
    if (lab.exitCode === null) await once(lab, 'exit');
  }
}

const { FEDCTL_URI, FEDCTL_AUDIENCE, FEDCTL_ISSUER } = process.env;
await fedctl('enable');
const tokenFile = join(directory, 'token.jwt');
await fedctl('token', '--out', tokenFile);

/** The mongosh script after login: typical user operations, and the authenticated user. */
const ROUND_TRIP = `
  const probe = db.getSiblingDB('clients').getCollection('probe');
  const id = probe.insertOne({ word: 'federation', n: 1 }).insertedId;
  probe.updateOne({ _id: id }, { $inc: { n: 41 } });
  const found = probe.find({ n: { $gt: 1 } }).toArray();
  const total = probe.aggregate([{ $group: { _id: null, n: { $sum: '$n' } } }]).toArray();
  const dbs = db.adminCommand({ listDatabases: 1 }).databases.map((each) => each.name);
  const collections = db.getSiblingDB('clients').getCollectionNames();
  probe.deleteOne({ _id: id });
  const user = db.runCommand({ connectionStatus: 1 }).authInfo.authenticatedUsers[0].user;
  print(EJSON.stringify({ user, n: found[0].n, total: total[0].n, left: probe.countDocuments(), dbs, collections }));
`;

async function mongosh(uri, env, script = ROUND_TRIP) {
  const stdout = await run(MONGOSH, [uri, '--quiet', '--norc', '--eval', script], env);
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

function withMechanism(options, uri = FEDCTL_URI) {
  return `${uri}${uri.includes('?') ? '&' : '?'}${options}`;
}

const BY_TOKEN_FILE = 'authMechanism=MONGODB-OIDC&authMechanismProperties=ENVIRONMENT:k8s';

function assertRoundTrip(seen) {
  assert.deepEqual(
    { n: seen.n, total: seen.total, left: seen.left, collections: seen.collections },
    { n: 42, total: 42, left: 0, collections: ['probe'] },
  );
  assert.ok(seen.dbs.includes('clients'));
}

await proves('mongosh logs in by MONGODB-OIDC with ENVIRONMENT:k8s and a token file', async () => {
  const seen = await mongosh(withMechanism(BY_TOKEN_FILE), { AZURE_FEDERATED_TOKEN_FILE: tokenFile });
  assert.match(seen.user, /^[0-9a-f]{24}\//);
  assert.equal(seen.user.slice(25), SUBJECT);
  assertRoundTrip(seen);
});

await proves('mongosh logs in by MONGODB-AWS with keys from the environment', async () => {
  const seen = await mongosh(withMechanism('authMechanism=MONGODB-AWS'), {});
  assert.equal(seen.user, SUBJECT);
  assertRoundTrip(seen);
});

await proves('mongosh is refused with a token for another audience, and told nothing more', async () => {
  const other = join(directory, 'other.jwt');
  await fedctl('token', '--audience', 'some-other-audience', '--out', other);
  await assert.rejects(
    mongosh(withMechanism(BY_TOKEN_FILE), {
      AZURE_FEDERATED_TOKEN_FILE: other,
    }),
    (error) => {
      assert.match(error.stderr, /^MongoServerError: Authentication failed\.$/m);
      return true;
    },
  );
});

/** The behavior of a session with an expired token: one error that requires the client to authenticate again. */
const EXPIRED_ONCE = `
  const sessionEnds = () => db.adminCommand({
    configureFailPoint: 'failCommand', mode: { times: 1 }, data: { failCommands: ['find'], errorCode: 391 },
  });
  const find = () => db.getSiblingDB('clients').getCollection('probe').find().toArray().length;
  const tokenFile = process.env.AZURE_FEDERATED_TOKEN_FILE;
`;

await proves('mongosh reads its token file again and goes on when its session ends', async () => {
  const seen = await mongosh(
    withMechanism(BY_TOKEN_FILE),
    { AZURE_FEDERATED_TOKEN_FILE: tokenFile },
    `${EXPIRED_ONCE} sessionEnds(); print(EJSON.stringify({ found: find() }));`,
  );
  assert.deepEqual(seen, { found: 0 });
});

await proves(
  'mongosh is refused when its session ends and the file holds a token for another audience',
  async () => {
    const file = join(directory, 'changing.jwt');
    writeFileSync(file, readFileSync(tokenFile));
    const other = await fedctl('token', '--audience', 'some-other-audience');
    const seen = await mongosh(
      withMechanism(BY_TOKEN_FILE),
      { AZURE_FEDERATED_TOKEN_FILE: file, OTHER_TOKEN: other.trim() },
      `${EXPIRED_ONCE}
     require('fs').writeFileSync(tokenFile, process.env.OTHER_TOKEN);
     sessionEnds();
     try { print(EJSON.stringify({ found: find() })); }
     catch (error) { print(EJSON.stringify({ code: error.code, message: error.message })); }`,
    );
    assert.deepEqual(seen, { code: 18, message: 'Authentication failed.' });
  },
);

await proves(
  'mongosh goes on with a new token when the clock of the lab moves past the end of the old one',
  async () => {
    const file = join(directory, 'short.jwt');
    await fedctl('token', '--duration', '60', '--out', file);
    const binary = JSON.stringify([BIN]).slice(1, -1);
    try {
      const seen = await mongosh(
        withMechanism(BY_TOKEN_FILE),
        { AZURE_FEDERATED_TOKEN_FILE: file },
        `${EXPIRED_ONCE}
       const fedctl = (...args) =>
         require('child_process').execFileSync(${JSON.stringify(process.execPath)}, [${binary}, ...args]);
       const before = find();
       fedctl('sandbox', 'clock', '--ahead', '61s');
       let refused = 'not at all';
       try { find(); } catch (error) { refused = error.code; }
       fedctl('token', '--out', tokenFile);
       print(EJSON.stringify({ before, refused, after: find() }));`,
      );
      // The file still contained the old token when the session expired.
      assert.deepEqual(seen, { before: 0, refused: 18, after: 0 });
    } finally {
      await fedctl('sandbox', 'clock', '--reset');
    }
  },
);

/** mongosh started by `fedctl exec`, with the connection string from `fedctl exec`. */
const mongoshByExec = async (options) => {
  const command = [MONGOSH, '{uri}', '--quiet', '--norc', '--eval', ROUND_TRIP];
  const stdout = await fedctl('exec', ...options, '--', ...command);
  return JSON.parse(stdout.trim().split('\n').at(-1));
};

await proves('mongosh under fedctl exec logs in with the token file', async () => {
  const seen = await mongoshByExec([]);
  assert.equal(seen.user.slice(25), SUBJECT);
  assertRoundTrip(seen);
});

await proves(
  'mongosh under fedctl exec logs in with credentials from the endpoint, and with --static',
  async () => {
    for (const options of [[], ['--static']]) {
      const seen = await mongoshByExec(['--mechanism', 'aws', ...options]);
      assert.equal(seen.user, SUBJECT);
      assertRoundTrip(seen);
    }
  },
);

/** The tests that the suite skips when mongosh is not installed. */
async function suite(file) {
  const outside = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(AWS|FEDCTL)_/.test(name)),
  );
  const tests = ['vitest', 'run', file, '-t', 'mongosh', '--maxWorkers=1'];
  await promisify(execFile)('npx', ['--no', '--', ...tests], { cwd: join(HERE, '..', '..'), env: outside });
}

await proves('mongosh under fedctl exec outlives three lives of its token', () =>
  suite('test/e2e/exec-outlives.test.ts'),
);

await proves('mongosh logs in as the examples with temporary credentials do', () =>
  suite('test/examples/mongosh.test.ts'),
);

await withLab(['--tls'], async (lab) => {
  const file = join(directory, 'tls.jwt');
  await fedctlIn(lab, 'enable');
  await fedctlIn(lab, 'token', '--out', file);
  await proves('mongosh logs in by MONGODB-OIDC over TLS', async () => {
    const seen = await mongosh(withMechanism(BY_TOKEN_FILE, lab.FEDCTL_URI), {
      ...lab,
      AZURE_FEDERATED_TOKEN_FILE: file,
    });
    assert.equal(seen.user.slice(25), SUBJECT);
    assertRoundTrip(seen);
  });
  await proves('mongosh logs in by MONGODB-AWS over TLS', async () => {
    const seen = await mongosh(withMechanism('authMechanism=MONGODB-AWS', lab.FEDCTL_URI), lab);
    assert.equal(seen.user, SUBJECT);
    assertRoundTrip(seen);
  });
  await proves("mongosh does not trust the lab without the lab's CA", async () => {
    const uri = lab.FEDCTL_URI.replace(/&?tlsCAFile=[^&]*/, '');
    assert.notEqual(uri, lab.FEDCTL_URI);
    await assert.rejects(
      mongosh(`${uri}&authMechanism=MONGODB-AWS&serverSelectionTimeoutMS=5000`, {
        ...lab,
        NODE_EXTRA_CA_CERTS: '',
        SSL_CERT_FILE: '',
      }),
      (error) => {
        assert.match(
          error.stderr,
          /unable to (verify the first|get local issuer) certificate|self-signed certificate/,
        );
        return true;
      },
    );
  });
});

for (const algorithm of ['RS256', 'ES384']) {
  await proves(`jose verifies a ${algorithm} token through discovery and keys`, async () => {
    const { createRemoteJWKSet, jwtVerify } = await import('jose');
    const token = (await fedctl('token', '--signing-algorithm', algorithm)).trim();
    const discovery = await (await fetch(`${FEDCTL_ISSUER}/.well-known/openid-configuration`)).json();
    assert.equal(discovery.issuer, FEDCTL_ISSUER);
    const { payload, protectedHeader } = await jwtVerify(
      token,
      createRemoteJWKSet(new URL(discovery.jwks_uri)),
      {
        issuer: FEDCTL_ISSUER,
        audience: FEDCTL_AUDIENCE,
        algorithms: [algorithm],
      },
    );
    assert.equal(payload.sub, SUBJECT);
    assert.equal(protectedHeader.kid, algorithm === 'RS256' ? 'RSA_0' : 'EC384_0');
  });

  await proves(`aws-jwt-verify verifies a ${algorithm} token with the issuer's keys`, async () => {
    const { JwtVerifier } = await import('aws-jwt-verify');
    const errors = await import('aws-jwt-verify/error');
    const token = (await fedctl('token', '--signing-algorithm', algorithm)).trim();
    // The library's own fetcher supports only https, so this fetcher gets the keys from the lab.
    const keys = await (await fetch(`${FEDCTL_ISSUER}/.well-known/jwks.json`)).json();
    const verifierFor = (audience) => {
      const verifier = JwtVerifier.create({ issuer: FEDCTL_ISSUER, audience });
      verifier.cacheJwks(keys);
      return verifier;
    };
    assert.equal((await verifierFor(FEDCTL_AUDIENCE).verify(token)).sub, SUBJECT);
    await assert.rejects(verifierFor('another').verify(token), errors.JwtInvalidAudienceError);
    const [header, payload, signature] = token.split('.');
    const forged = Buffer.from(signature, 'base64url');
    forged[20] ^= 1;
    await assert.rejects(
      verifierFor(FEDCTL_AUDIENCE).verify(`${header}.${payload}.${forged.toString('base64url')}`),
      errors.JwtInvalidSignatureError,
    );
  });
}

const ACCOUNT = '123456789012';
const HAS_AWS_CLI = spawnSync('aws', ['--version'], { stdio: 'ignore' }).status === 0;

/** The AWS CLI operations against the lab, with the expected output of each. */
const AWS_CLI = [
  ['sts get-caller-identity', [], (answer) => assert.equal(answer.Arn, SUBJECT)],
  ['sts get-session-token', [], (answer) => assert.match(answer.Credentials.AccessKeyId, /^ASIA/)],
  [
    'sts assume-role',
    ['--role-arn', `arn:aws:iam::${ACCOUNT}:role/app`, '--role-session-name', 'cli'],
    (answer) => assert.equal(answer.AssumedRoleUser.Arn, `arn:aws:sts::${ACCOUNT}:assumed-role/app/cli`),
  ],
  [
    'sts get-web-identity-token',
    ['--audience', FEDCTL_AUDIENCE, '--signing-algorithm', 'RS256'],
    (answer) => assert.equal(answer.WebIdentityToken.split('.').length, 3),
  ],
  [
    'iam get-outbound-web-identity-federation-info',
    [],
    (answer) => assert.deepEqual(answer, { IssuerIdentifier: FEDCTL_ISSUER, JwtVendingEnabled: true }),
  ],
  ['iam disable-outbound-web-identity-federation', [], (answer) => assert.equal(answer, null)],
  [
    'iam enable-outbound-web-identity-federation',
    [],
    (answer) => assert.deepEqual(answer, { IssuerIdentifier: FEDCTL_ISSUER }),
  ],
];

/** Reads a URL with Python's TLS, which is stricter about certificates than the OpenSSL command line. */
const PYTHON = `
import json, os, ssl, urllib.request
context = ssl.create_default_context()
context.verify_flags |= ssl.VERIFY_X509_STRICT
def read(url):
    with urllib.request.urlopen(url, context=context, timeout=10) as answer:
        return json.load(answer)
document = read(os.environ['FEDCTL_ISSUER'] + '/.well-known/openid-configuration')
keys = read(document['jwks_uri'])['keys']
print(json.dumps({'issuer': document['issuer'], 'kids': sorted(key['kid'] for key in keys)}))
`;

await withLab(['--tls'], async (lab) => {
  if (spawnSync('python3', ['--version'], { stdio: 'ignore' }).status === 0) {
    await proves('Python reads discovery and keys over TLS, by its strict rules', async () => {
      assert.deepEqual(JSON.parse(await run('python3', ['-c', PYTHON], lab)), {
        issuer: lab.FEDCTL_ISSUER,
        kids: ['EC384_0', 'RSA_0'],
      });
      assert.match(lab.FEDCTL_ISSUER, /^https:/);
    });
  } else {
    skips('Python', 'it is not installed');
  }
  if (HAS_AWS_CLI) {
    await proves('aws sts get-caller-identity over TLS', async () => {
      const stdout = await run('aws', ['sts', 'get-caller-identity', '--output', 'json'], {
        ...lab,
        AWS_PAGER: '',
      });
      assert.equal(JSON.parse(stdout).Arn, SUBJECT);
    });
  }
});

if (HAS_AWS_CLI) {
  for (const [verb, args, check] of AWS_CLI) {
    const words = verb.split(' ');
    const known = spawnSync('aws', [...words, 'help'], {
      env: { ...process.env, AWS_PAGER: 'cat', PAGER: 'cat' },
    });
    // For an operation that the CLI does not support, `help` returns a usage error.
    if (known.status === 252 || known.status === 2) {
      skips(`aws ${verb}`, 'this AWS CLI lacks the verb');
      continue;
    }
    await proves(`aws ${verb}`, async () => {
      const stdout = await run('aws', [...words, ...args, '--output', 'json'], { AWS_PAGER: '' });
      check(stdout.trim() === '' ? null : JSON.parse(stdout));
    });
  }
} else {
  skips('the AWS CLI', 'it is not installed');
}

await proveIsolated({ proves, skips, run, bin: BIN, mongosh: MONGOSH, directory });

rmSync(directory, { recursive: true, force: true });
if (process.env.CLIENT_RESULTS) {
  writeFileSync(
    process.env.CLIENT_RESULTS,
    JSON.stringify({
      numPassedTests: tally.passed,
      numFailedTests: tally.failed,
      numPendingTests: tally.skipped,
    }),
  );
}
say(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
process.exitCode = tally.failed === 0 ? 0 : 1;
