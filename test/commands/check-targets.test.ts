import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CheckLab, type Environment, startCheckLab, WITHOUT_TARGET } from '../support/check-lab.ts';

let lab: CheckLab;
let directory: string;

beforeAll(async () => {
  lab = await startCheckLab();
});

afterAll(() => lab[Symbol.asyncDispose]());

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedctl-targets-'));
});

afterEach(() => rm(directory, { recursive: true }));

const QUICK = ['--only', 'config'];

/** Keys of one target: `name: { … }` in YAML's own short form. */
function targets(named: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  return `targets: ${JSON.stringify(named)}\n`;
}

const HEALTHY = () => ({ uri: lab.uri, audience: 'fedctl-lab' });

async function write(text: string, name = 'fedctl.yaml'): Promise<void> {
  await writeFile(join(directory, name), text);
}

const inDirectory = (args: readonly string[], env: Environment = WITHOUT_TARGET) =>
  lab.check(args, env, { cwd: directory });

/** Refused before anybody was asked anything. */
async function refused(args: readonly string[], env: Environment = WITHOUT_TARGET): Promise<string> {
  const before = lab.lab.log.entries().length;
  const { code, stdout, stderr } = await inDirectory(args, env);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(lab.lab.log.entries()).toHaveLength(before);
  return stderr;
}

describe('the target of flags and environment', () => {
  test('needs no flag inside the lab', async () => {
    expect((await inDirectory([], {})).code).toBe(0);
  });

  test('flags beat the environment', async () => {
    const { stdout } = await inDirectory([...QUICK, '--audience', 'mine', '--mechanism', 'aws'], {});
    expect(stdout).toContain(`MONGODB-AWS at ${lab.uri}, audience mine`);
  });

  test.each([
    ['--uri', 'http://x', 'mongo.uri-invalid'],
    ['--uri', 'mongodb://u:p@db.example.com/', 'mongo.password-in-uri'],
    ['--uri', 'mongodb://db.example.com/?tls=false', 'mongo.plaintext-refused'],
    ['--uri', 'mongodb://127.0.0.1/?authMechanism=MONGODB-AWS&w=1', 'mongo.mechanism-conflict'],
    ['--audience', 'x'.repeat(2000), 'usage.invalid-value'],
    ['--duration', '1s', 'usage.invalid-value'],
    ['--mechanism', 'x509', 'usage.invalid-value'],
    ['--privilege', 'insert', 'usage.invalid-value'],
    ['--write-probe', 'x', 'usage.invalid-value'],
    ['--role-arn', 'nonsense', 'usage.invalid-value'],
    ['--external-id', 'x', 'usage.invalid-command-line'],
    ['--dns-server', 'ns.example.com', 'usage.invalid-value'],
    ['--signing-algorithm', 'HS256', 'usage.invalid-value'],
  ])('what %s %s says is refused before anything is asked', async (option, value, code) => {
    const more = code === 'mongo.mechanism-conflict' ? ['--mechanism', 'oidc'] : [];
    const said = await refused([option, value, ...more], {});
    expect(said).toContain(`code:   ${code}\n`);
    expect(said).not.toContain('u:p@');
  });

  test('an option that nobody knows is refused with the nearest that is known', async () => {
    const said = await refused(['--audiense', 'x'], {});
    expect(said).toContain('--audiense');
    expect(said).toContain('--audience');
  });
});

describe('a configuration file', () => {
  test('that is named gives the targets, in its own order, and beats the environment', async () => {
    await write(
      targets({
        first: { ...HEALTHY(), audience: 'one' },
        second: { ...HEALTHY(), audience: 'two', mechanism: 'both' },
      }),
      'mine.yaml',
    );
    const { code, stdout, stderr } = await inDirectory([...QUICK, '--config', 'mine.yaml'], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').flatMap((line) => /^ {2}[^ ] (\w+)/.exec(line)?.[1] ?? [])).toEqual([
      'first',
      'second',
    ]);
    const { document } = await lab.answer([...QUICK, '--config', 'mine.yaml'], {}, { cwd: directory });
    expect(document.targets.map(({ checks }) => checks[0]?.detail)).toEqual([
      `MONGODB-OIDC at ${lab.uri}, audience one`,
      `MONGODB-OIDC and MONGODB-AWS at ${lab.uri}, audience two`,
    ]);
  });

  test('that is found in the working directory is used where nothing names a target', async () => {
    await write(targets({ found: HEALTHY() }));
    const { code, stdout, stderr } = await inDirectory([]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^found {2}mongodb:/);
  });

  test('that is found beside a target of the environment is refused: one of the two would be lost', async () => {
    await write(targets({ found: HEALTHY() }));
    expect(await refused([...QUICK, '--quiet'], {})).toBe(
      `error: Targets are defined both in fedctl.yaml and in the environment (FEDCTL_URI, FEDCTL_AUDIENCE).
cause:  fedctl found the configuration file in the working directory, and variables such as FEDCTL_URI specify another target. fedctl does not choose between these sources.
remedy: To check the targets of the file, add --config fedctl.yaml, or unset FEDCTL_URI FEDCTL_AUDIENCE. To check the target of the environment, specify the target with command-line options.
code:   config.two-sources
`,
    );
    for (const variable of ['FEDCTL_AUDIENCE', 'FEDCTL_MECHANISM', 'FEDCTL_TOKEN_FILE', 'FEDCTL_API']) {
      const value = variable === 'FEDCTL_MECHANISM' ? 'aws' : 'https://x.example/';
      expect(await refused(QUICK, { ...WITHOUT_TARGET, [variable]: value }), variable).toContain(
        `in the environment (${variable}).`,
      );
    }
    const named = { ...WITHOUT_TARGET, FEDCTL_CONFIG: 'fedctl.yaml', FEDCTL_URI: lab.uri };
    expect(await refused(QUICK, named)).toContain('code:   config.two-sources');
    expect((await inDirectory([...QUICK, '--config', 'fedctl.yaml'], {})).stdout).toMatch(/^found /);
    expect((await inDirectory([...QUICK, '--target', 'found'], {})).stdout).toMatch(/^found /);
  });

  test.each(['human', 'json', 'junit', 'github', 'markdown', 'html'])(
    'that is not used, because a target is typed, is told: %s',
    async (format) => {
      await write(targets({ found: HEALTHY() }));
      const args = ['--only', 'aws.region', '--uri', lab.uri, '--audience', 'x', '--output', format];
      const { code, stdout } = await inDirectory([...args, '--quiet']);
      expect(code).toBe(0);
      expect(stdout).toContain('config.file-unused');
      expect(stdout).toContain('fedctl.yaml is ignored, because command-line options define the target.');
      if (format === 'json') {
        expect(JSON.parse(stdout).warnings).toMatchObject([{ code: 'config.file-unused', command: null }]);
      }
      expect((await inDirectory([...args, '--fail-on', 'warn'])).code).toBe(5);
    },
  );

  test('gives way to typed options for the one target that is picked', async () => {
    await write(targets({ orders: HEALTHY(), search: { ...HEALTHY(), audience: 'wrong' } }));
    const args = [...QUICK, '--config', 'fedctl.yaml', '--audience', 'right'];
    const { stdout } = await inDirectory([...args, '--target', 'search']);
    expect(stdout).toContain(`MONGODB-OIDC at ${lab.uri}, audience right`);
    expect(await refused(args)).toContain(
      'error: --audience applies to one target, but fedctl.yaml has 2: orders, search.',
    );
  });

  test('gives way to flags that say something of any target', async () => {
    await write(targets({ one: { ...HEALTHY(), signingAlgorithm: 'RS256', subject: '*:user/nobody' } }));
    const args = ['--config', 'fedctl.yaml', '--signing-algorithm', 'ES384', '--subject', '*:user/operator'];
    const { stdout } = await inDirectory([...args, '--only', 'jwt.claims', '--json']);
    const { checks } = JSON.parse(stdout).targets[0];
    const claims = checks.find(({ id }: { id: string }) => id === 'jwt.claims');
    expect(claims.status).toBe('pass');
    expect(claims.comparisons.find(({ what }: { what: string }) => what === 'alg').seen).toBe('ES384');
  });

  test('gives way to a typed profile and Region, and not to those of the environment', async () => {
    await write(targets({ one: { ...HEALTHY(), profile: 'nobody', region: 'eu-west-9' } }));
    const env = { ...WITHOUT_TARGET, AWS_PROFILE: undefined, FEDCTL_PROFILE: 'nowhere' };
    const seen = async (...args: readonly string[]) => {
      const { stdout } = await inDirectory(['--only', 'aws.region', '--json', ...args], env);
      return JSON.parse(stdout).targets[0].checks.map(({ detail }: { detail: string }) => detail);
    };
    expect((await seen())[0]).toContain('"nobody"');
    expect((await seen('--profile', 'default'))[1]).toMatch(/^eu-west-9 \(the target\)/);
    const [profile, region] = await seen('--profile', 'default', '--region', 'us-east-2');
    expect(profile).toBe(
      'The profile "default" is used. The credentials in the environment (AWS_ACCESS_KEY_ID) are ignored.',
    );
    expect(region).toMatch(/^us-east-2 \(--region\)/);
  });

  test('--target picks of its targets, in the order of the file', async () => {
    await write(targets({ a: HEALTHY(), b: HEALTHY(), c: HEALTHY() }));
    const { stdout } = await inDirectory([...QUICK, '--target', 'c', '--target', 'a', '--json']);
    expect(JSON.parse(stdout).targets.map(({ name }: { name: string }) => name)).toEqual(['a', 'c']);
    expect(await refused(['--target', 'd'])).toContain(
      'error: Invalid --target "d": fedctl.yaml has the targets a, b, c.',
    );
  });

  test('--target without one is refused', async () => {
    expect(await refused(['--target', 'a'])).toContain(
      'error: --target selects a target of a configuration file, but no configuration file was found.',
    );
    expect(await refused([], { ...WITHOUT_TARGET, FEDCTL_TARGET: 'a' })).toContain(
      'error: FEDCTL_TARGET selects a target of a configuration file, but no configuration file was found.',
    );
  });

  test('that is found may not send anything to a strange host, until somebody allows it', async () => {
    await write(
      targets({ ok: HEALTHY(), bad: { ...HEALTHY(), uri: 'mongodb://db.evil.example/?tls=true' } }),
    );
    const said = await refused([]);
    expect(said).toContain(
      'error: fedctl.yaml was found in the working directory and is not trusted: target "bad" would log in to db.evil.example.',
    );
    expect(said).toContain('code:   config.host-refused');
    expect((await inDirectory([...QUICK, '--allow-host', 'db.evil.example'])).code).toBe(0);
    expect((await inDirectory([...QUICK, '--config', 'fedctl.yaml'])).code).toBe(0);
    expect((await inDirectory([...QUICK, '--target', 'ok'])).code).toBe(0);
    // Nothing in the environment may allow it.
    expect(await refused([], { ...WITHOUT_TARGET, FEDCTL_ALLOW_HOST: 'db.evil.example' })).toContain(
      'config.host-refused',
    );
  });

  test('reads variables of its own, and no others', async () => {
    await write(
      targets({ one: { uri: lab.uri, audience: '$' + '{FEDCTL_VAR_STAGE}-$' + '{FEDCTL_VAR_PART:-lab}' } }),
    );
    const env = { ...WITHOUT_TARGET, FEDCTL_VAR_STAGE: 'fedctl' };
    expect((await inDirectory([], env)).code).toBe(0);
    expect(await refused([])).toContain('FEDCTL_VAR_STAGE');
    await write(targets({ one: { uri: lab.uri, audience: '$' + '{AWS_SECRET_ACCESS_KEY}' } }));
    const said = await refused([]);
    expect(said).toContain('config.invalid');
    expect(said).not.toContain(lab.lab.env['AWS_SECRET_ACCESS_KEY']);
  });

  test('that is wrong says where, and all of it', async () => {
    await write('targets:\n  one:\n    audiense: x\n    duration: 1s\n');
    const said = await refused([]);
    expect(said).toContain('fedctl.yaml:3:5 targets.one.audiense: unknown key; did you mean "audience"?');
    expect(said).toContain('fedctl.yaml:4:15 targets.one.duration: must be from 60 to 3600 seconds');
    expect(said).toContain('code:   config.invalid');
  });

  test('names the target that would log in without TLS', async () => {
    await write(targets({ ok: HEALTHY(), bad: { uri: 'mongodb://db.example.com/' } }));
    const said = await refused(['--config', 'fedctl.yaml']);
    expect(said).toMatch(/^error: Target "bad": /);
    expect(said).toContain('code:   mongo.plaintext-refused');
  });

  test('that is not there is refused', async () => {
    expect(await refused(['--config', 'none.yaml'])).toContain('code:   usage.unreadable-input');
  });
});

describe('several targets', () => {
  test('stand in a table as they were named, although the second is quicker', async () => {
    await write(targets({ slow: { ...HEALTHY(), mechanism: 'both' }, quick: HEALTHY() }));
    const { code, stdout } = await inDirectory([]);
    expect(code).toBe(0);
    expect(stdout.split('\n').map((line) => line.replace(/ +\d+ ms/, ' <n> ms'))).toEqual([
      expect.stringMatching(/^ {4}target {2}result +time {2}first failure$/),
      '  ✓ slow    works <n> ms',
      '  ✓ quick   works <n> ms',
      '',
      expect.stringMatching(/^✓ 2 targets work: \d+ passed, 2 skipped in <n> ms$/),
      '',
    ]);
  });

  test('share one mint where they want the same token, and one run each', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];
    await write(targets(Object.fromEntries(names.map((name) => [name, HEALTHY()]))));
    const before = lab.lab.log.entries().length;
    const { code } = await inDirectory([]);
    const done = lab.lab.log.entries().slice(before);
    const count = (action: string) => done.filter((entry) => entry.action === action).length;
    expect({
      code,
      mints: count('GetWebIdentityToken'),
      identities: count('GetCallerIdentity'),
      federation: count('GetOutboundWebIdentityFederationInfo'),
    }).toEqual({ code: 0, mints: 1, identities: 1, federation: 0 });
  });

  test('of which one is broken are told in one line each, and the exit code is that of the worst', async () => {
    await write(targets({ well: HEALTHY(), unwell: { ...HEALTHY(), audience: 'other' } }));
    const { code, stdout } = await inDirectory([]);
    expect(code).toBe(5);
    expect(stdout).toMatch(
      / {2}✗ unwell {2}broken +\d+ ms {2}atlas\.identity-provider \(atlas\.audience-mismatch\)\n {2}✓ well {4}works +\d+ ms\n\nunwell /,
    );
    expect(stdout).not.toMatch(/^well/m);
    expect(stdout.match(/^ {6}run: /gm)).toHaveLength(1);
    expect(stdout).toContain('next, for unwell: fedctl check --target unwell --audience fedctl-lab');
  });

  test('that are broken alike share the line of what to do', async () => {
    const closed = { uri: 'mongodb://127.0.0.1:1/', audience: 'x' };
    await write(targets({ one: closed, well: HEALTHY(), two: { ...closed, audience: 'y' } }));
    const { code, stdout } = await inDirectory(['--only', 'mongo.tcp']);
    expect(code).toBe(5);
    expect(stdout.match(/^ {2}next, for .*$/gm)).toHaveLength(1);
    expect(stdout).toContain('  next, for one, two: ');
  });

  test.each([['--quiet'], ['--output', 'short']])('%s %s shows failures and the summary', async (...args) => {
    await write(targets({ well: HEALTHY(), unwell: { ...HEALTHY(), audience: 'other' } }));
    const { code, stdout } = await inDirectory(args);
    expect(code).toBe(5);
    expect(stdout).toMatch(/^unwell /);
    expect(stdout).not.toMatch(/ [✓-] /);
    expect(stdout).toMatch(/\n✗ failures in 1 of 2 targets: /);
    const alone = await inDirectory([...args, '--target', 'well']);
    expect(alone.stdout).toMatch(
      /^✓ the chain works: .*\n {2}principal .*, account .*, Region .*, cluster .*\n$/,
    );
  });

  test('make a report in HTML that begins with the broken ones, and is short where all is well', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await write(
      targets(
        Object.fromEntries(
          names.map((name) => [name, { ...HEALTHY(), ...(name === 'e' ? { audience: 'x' } : {}) }]),
        ),
      ),
    );
    const { stdout } = await inDirectory(['--output', 'html']);
    expect([...stdout.matchAll(/href="#target-\d+">(\w)</g)].map(([, name]) => name)).toEqual([
      'e',
      ...'abcdfgh',
    ]);
    expect(stdout.match(/<details id="target-\d+" class="healthy pass">/g)).toHaveLength(7);
    const one = await inDirectory(['--output', 'html', '--target', 'a']);
    expect(stdout.length).toBeLessThan((names.length * one.stdout.length) / 2);
  });

  test.each(['0', '101', 'x', '1.5', '-1'])('--concurrency %s is refused', async (given) => {
    await write(targets({ one: HEALTHY() }));
    expect(await refused([`--concurrency=${given}`])).toContain(
      `error: Invalid --concurrency "${given}": expected a number from 1 to 100.`,
    );
  });
});
