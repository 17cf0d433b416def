import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FORBID, FORBIDS, ISOLATES, processesIn, SOMEBODY, type User } from '../support/isolation.ts';
import { BIN, type BinOptions, runBin } from '../support/run-bin.ts';
import { openTerminal } from '../support/terminal.ts';

/** The directory for the files of the labs. The tests check that no file remains in it. */
let directory: string;
/** The directory for all other files. */
let files: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-isolation-'));
  chmodSync(directory, 0o777);
  files = mkdtempSync(join(tmpdir(), 'fedctl-isolation-files-'));
});

afterAll(() => {
  for (const each of [directory, files]) rmSync(each, { recursive: true });
});

function isolated(options: readonly string[], script: string, more: BinOptions = {}) {
  const env = { TMPDIR: directory, ...more.env };
  return runBin(['sandbox', '--isolate', ...options, '--', 'sh', '-c', script], { ...more, env });
}

/** Runs a script that must succeed, and returns its output. */
async function said(options: readonly string[], script: string, more: BinOptions = {}): Promise<string> {
  const { stdout, ...end } = await isolated(options, script, more);
  expect(end).toEqual({ code: 0, signal: null, stderr: '' });
  return stdout;
}

const USERS: readonly { readonly who: string; readonly user: Partial<User> }[] = [
  { who: 'the user of the tests', user: {} },
  ...(SOMEBODY === null ? [] : [{ who: 'nobody', user: SOMEBODY }]),
];

describe.skipIf(!ISOLATES)('fedctl sandbox --isolate', () => {
  describe.each(USERS)('as $who', ({ user }) => {
    test('runs the command as the same user, in the same directory, without power over the network', async () => {
      const script = `id -u; id -g; pwd
        ip link set lo down 2>&1
        umount /etc/resolv.conf 2>/dev/null || echo kept
        grep CapEff /proc/self/status`;
      const lines = (await said([], script, { ...user, cwd: directory })).trim().split('\n');
      const { uid = process.getuid?.(), gid = process.getgid?.() } = user;
      expect(lines.slice(0, -1)).toEqual([
        String(uid),
        String(gid),
        directory,
        'RTNETLINK answers: Operation not permitted',
        'kept',
      ]);
      // root has capabilities only in a user namespace that owns no other resources.
      if (uid !== 0) expect(lines.at(-1)).toBe('CapEff:\t0000000000000000');
    });

    test('has loopback only, and the resolver of the lab', async () => {
      const script = `tail -n +2 /proc/net/route
        ip -4 -brief address | awk '{ $2 = ""; print }' | sed 's/ *$//'
        cat /etc/resolv.conf
        grep hosts: /etc/nsswitch.conf`;
      expect(await said([], script, user)).toBe(
        `lo  127.0.0.1/8 169.254.169.254/32 169.254.170.2/32 169.254.170.23/32\nnameserver 127.0.0.1\nhosts: files dns\n`,
      );
    });

    test('reaches no server of the host, and nothing beyond it', async () => {
      const host = createServer().listen(0, '127.0.0.1');
      await once(host, 'listening');
      const { port } = host.address() as AddressInfo;
      const script = `node -e '
        for (const [address, port] of [["127.0.0.1", ${port}], ["192.0.2.1", 80], ["169.254.79.129", 80]]) {
          require("net").connect(port, address).on("connect", () => process.exit(1))
            .on("error", ({ code }) => console.log(address, code));
        }' | sort`;
      try {
        expect(await said([], script, user)).toBe(
          '127.0.0.1 ECONNREFUSED\n169.254.79.129 ENETUNREACH\n192.0.2.1 ENETUNREACH\n',
        );
      } finally {
        host.close();
      }
    });

    test('logs in through instance metadata at its own address', async () => {
      const script = `env | grep ^AWS_EC2
        node -e 'fetch("http://169.254.169.254/latest/api/token", {
          method: "PUT", headers: { "x-aws-ec2-metadata-token-ttl-seconds": "60" },
        }).then(async (answer) => console.log(answer.status, (await answer.text()).length))'
        fedctl connect --mechanism aws --json | grep -o '"user":"[^"]*"'`;
      expect(await said(['--as', 'ec2'], script, user)).toBe(
        '200 52\n"user":"arn:aws:iam::123456789012:role/app"\n',
      );
    });
  });

  test.each([
    ['exit 0', 0],
    ['exit 7', 7],
    ['kill -TERM $$', 143],
    ['no-such-command', 127],
    ['/etc/passwd', 126],
  ])('passes on how `%s` ends', async (script, code) => {
    expect((await isolated([], script)).code).toBe(code);
  });

  test.each([
    ['no-such-command', 127, 'unshare: failed to execute no-such-command: No such file or directory\n'],
    ['/etc', 126, 'unshare: failed to execute /etc: Permission denied\n'],
  ])('ends as a shell does when it cannot run %s', async (program, code, stderr) => {
    // An unreadable directory in PATH would change the exit code.
    const env = { PATH: '/usr/bin:/bin' };
    expect(await runBin(['sandbox', '--isolate', '--', program], { env })).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr,
    });
  });

  test('passes on stdin and SIGTERM', async () => {
    expect(await said([], 'cat', { input: 'through\n' })).toBe('through\n');
    const script = 'trap "echo told; exit 5" TERM; echo ready; while :; do sleep 0.05; done';
    const end = await isolated([], script, {
      watch: ({ stdout }, kill) => {
        if (stdout === 'ready\n') kill('SIGTERM');
      },
    });
    expect(end).toEqual({ code: 5, signal: null, stdout: 'ready\ntold\n', stderr: '' });
  });

  test('passes Ctrl-C of a terminal once, and only to the command', async () => {
    const script = `trap "echo told" INT; echo ready; read line; echo "got $line"
      fedctl sandbox scenario tls-expired >/dev/null 2>&1; exit $((3 + $?))`;
    const terminal = await openTerminal(
      [process.execPath, '--', BIN, 'sandbox', '--isolate', '--', 'bash', '-c', script],
      { cwd: directory, env: { HOME: '/nonexistent', TMPDIR: directory } },
    );
    await terminal.shows('ready');
    terminal.type('\u0003');
    await terminal.shows('told');
    terminal.type('more\n');
    await terminal.shows('got ');
    expect(await terminal.ended).toBe(3);
    expect(terminal.screen().split('told').length).toBe(2);
  });

  test('leaves no process and no directory behind', async () => {
    const namespace = await said([], 'readlink /proc/self/ns/net');
    expect(processesIn(namespace.trim())).toEqual([]);
    expect(readdirSync(directory)).toEqual([]);
  });

  test('leaves no process behind when fedctl is killed', async () => {
    const { signal, stdout } = await isolated([], 'readlink /proc/self/ns/net; read line', {
      watch: ({ stdout: seen }, kill) => {
        if (seen.endsWith('\n')) kill('SIGKILL');
      },
    });
    expect(signal).toBe('SIGKILL');
    await expect.poll(() => processesIn(stdout.trim()), { timeout: 5000 }).toEqual([]);
    for (const name of readdirSync(directory)) rmSync(join(directory, name), { recursive: true });
  });

  test('sets the variables of ECS, and answers as ECS does; outside they are those of a lab without it', async () => {
    const file = join(files, 'lab.env');
    const script = `env | grep ^AWS_CONTAINER | cut -c1-100
      node -e 'fetch("http://169.254.170.2" + process.env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)
        .then(async (answer) => console.log(answer.status, (await answer.json()).RoleArn))'
      node -e 'fetch(process.argv[1]).then((answer) => console.log(answer.status))' \\
        "$(sed -n "s/^export AWS_CONTAINER_CREDENTIALS_FULL_URI='\\(.*\\)'/\\1/p" ${file})"
      fedctl whoami --json | grep -o '"detail":"[^"]*"'`;
    const stdout = await said(['--as', 'ecs', '--env-file', file], script);
    expect(stdout.replace(/[0-9a-f-]{36}/, '<id>')).toBe(
      [
        'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/<id>',
        '200 arn:aws:iam::123456789012:role/app',
        '401',
        '"detail":"container (AWS_CONTAINER_CREDENTIALS_RELATIVE_URI)"',
        '',
      ].join('\n'),
    );
    const names = readFileSync(file, 'utf8').match(/^export AWS_CONTAINER\w+/gm);
    rmSync(file);
    expect(names).toEqual([
      'export AWS_CONTAINER_CREDENTIALS_FULL_URI',
      'export AWS_CONTAINER_AUTHORIZATION_TOKEN',
    ]);
  });

  test('is EKS with its agent at 169.254.170.23', async () => {
    const script = `echo $AWS_CONTAINER_CREDENTIALS_FULL_URI
      fedctl whoami --json | grep -o '"arn":"arn:aws:sts[^"]*role/app/eks-lab-app-'`;
    expect(await said(['--as', 'eks-pod-identity'], script)).toBe(
      'http://169.254.170.23/v1/credentials\n"arn":"arn:aws:sts::123456789012:assumed-role/app/eks-lab-app-\n',
    );
  });

  test('resolves the names of the lab for every program, and no others', async () => {
    const script = `node -e '
      const { promises: dns } = require("node:dns");
      const tell = (promise) => promise.then(JSON.stringify, ({ code }) => code).then(console.log);
      tell(dns.resolveSrv("_mongodb._tcp.cluster0.lab.fedctl.test").then(([{ name }]) => name))
        .then(() => tell(dns.lookup("cluster0-shard-00-00.lab.fedctl.test")))
        .then(() => tell(dns.lookup("example.com")))'
      env -u FEDCTL_DNS_SERVER fedctl connect --mechanism aws --json | grep -o '"ok":true,"mech[a-z]*'`;
    expect(await said(['--srv'], script)).toBe(
      `"cluster0-shard-00-00.lab.fedctl.test"\n{"address":"127.0.0.1","family":4}\nENOTFOUND\n"ok":true,"mechanisms\n`,
    );
  });

  test('is changed and read from inside and from outside', async () => {
    const file = join(files, 'lab.env');
    const script = 'fedctl sandbox status >/dev/null && echo ready; read line; fedctl status --json';
    const words = ['--', BIN, 'sandbox', '--isolate', '--env-file', file, '--', 'sh', '-c', script];
    const lab = spawn(process.execPath, words, {
      env: { PATH: process.env['PATH'], HOME: '/nonexistent', TMPDIR: directory },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface(lab.stdout)[Symbol.asyncIterator]();
    expect((await lines.next()).value).toBe('ready');
    const exported = readFileSync(file, 'utf8').matchAll(/^export (\w+)='([^']*)'$/gm);
    const env = Object.fromEntries([...exported].map(([, name = '', value = '']) => [name, value]));
    for (const args of [
      ['sandbox', 'set', '--federation', 'enabled'],
      ['connect', '--mechanism', 'both'],
    ]) {
      expect(await runBin(args, { env })).toMatchObject({ code: 0, stderr: '' });
    }
    const log = await runBin(['sandbox', 'log'], { env });
    expect(log.stdout).toContain('saslContinue MONGODB-AWS allowed');
    lab.stdin.end('go\n');
    const status = await lines.next();
    expect(JSON.parse(status.value ?? '')).toMatchObject({ state: 'enabled' });
    if (lab.exitCode === null) await once(lab, 'close');
    expect(lab.exitCode).toBe(0);
    rmSync(file);
  });

  test.each([
    ['port-closed', 'mongo.port-closed'],
    ['packets-swallowed', 'mongo.connect-timeout'],
    ['tls-expired', 'mongo.tls-expired'],
  ])('plays the scenario %s in the network of the command, from the start or later', async (name, code) => {
    const found = `fedctl check --json | grep -o '"code":"mongo[^"]*"' | sort -u`;
    const expected = `"code":"${code}"\n`;
    expect(await said(['--scenario', name], found)).toBe(expected);
    const { stdout } = await isolated([], `eval "$(fedctl sandbox scenario ${name})"; ${found}`);
    expect(stdout).toBe(expected);
  });

  test.skipIf(!FORBIDS)('does not run the command where the kernel refuses', () => {
    const { status, stderr } = refused('unshare', ['--user', '--map-root-user', 'sh', '-c', FORBID, 'sh']);
    const { error } = JSON.parse(stderr) as { error: object };
    expect({ status, error }).toMatchObject({
      status: 3,
      error: {
        code: 'lab.isolation-refused',
        message:
          'The system does not allow the namespaces that --isolate requires: unshare: unshare failed: No space left on device.',
        remedy: 'Allow user namespaces: sudo sysctl -w user.max_user_namespaces=10000',
        command: null,
      },
    });
  });

  test.each([
    ['unshare', []],
    ['nsenter', ['unshare', 'sh', 'mount', 'umount', 'sed']],
  ])('does not run the command where %s is missing', (program, present) => {
    const path = mkdtempSync(join(tmpdir(), 'fedctl-path-'));
    for (const name of present) symlinkSync(which(name), join(path, name));
    const { status, stderr } = refused(process.execPath, [], { PATH: path });
    rmSync(path, { recursive: true });
    const { error } = JSON.parse(stderr) as { error: object };
    expect({ status, error }).toMatchObject({
      status: 3,
      error: {
        code: 'lab.isolation-program-missing',
        message: `--isolate requires the program "${program}", which was not found.`,
      },
    });
  });
});

/**
 * Starts `fedctl sandbox --isolate` from a different program, in an environment in which it must not run its
 * command.
 */
function refused(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const ran = join(files, 'ran');
  const self = program === process.execPath ? [] : [process.execPath];
  const end = spawnSync(
    program,
    [...args, ...self, '--', BIN, 'sandbox', '--json', '--isolate', '--', which('touch'), ran],
    { encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: '/nonexistent', TMPDIR: directory, ...env } },
  );
  expect(existsSync(ran)).toBe(false);
  expect(readdirSync(directory)).toEqual([]);
  expect(end.stdout).toBe('');
  return end;
}

function which(program: string): string {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}
