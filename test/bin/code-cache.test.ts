import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ROOT } from '../architecture/imports.ts';

// V8 executes cached code of another source if only its length is the same. So a planted cache that V8 would take shows
// whether the launcher believed it: the command then prints "planted" where its source prints "genuine".

const HASH = 'a'.repeat(32);
const isRoot = process.getuid?.() === 0;

/** The source of a command that prints one word of seven letters. */
function source(word: string): string {
  return `const word = '${word}';
exports.main = async () => { await new Promise((done) => process.stdout.write(word, done)); return 0; };`;
}

const wrapped = (code: string) => `(function (exports, require, module, __filename, __dirname) { ${code}\n})`;

let directory: string;
let home: string;
let cache: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fedctl-launcher-'));
  cpSync(join(ROOT, 'bin'), join(directory, 'bin'), { recursive: true });
  mkdirSync(join(directory, 'dist/cli'), { recursive: true });
  writeFileSync(join(directory, 'dist/cli/main.cjs'), source('genuine'));
  writeFileSync(
    join(directory, 'dist/cli/process-context.cjs'),
    'exports.processContext = () => ({}); exports.takeOverSignals = () => ({ letGo() {} });',
  );
  build(HASH);
  home = join(directory, 'home');
  mkdirSync(home);
  cache = join(home, '.cache/fedctl');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function build(hash: string): void {
  writeFileSync(join(directory, 'dist/cli/built.json'), JSON.stringify({ hash, help: 'help', version: '1' }));
}

function run(
  env: Readonly<Record<string, string>> = { HOME: home },
  user: { readonly uid?: number; readonly gid?: number } = {},
) {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--', join(directory, 'bin/fedctl.js'), 'token'],
    {
      env,
      // A relative path would lead from here into the home directory.
      cwd: directory,
      encoding: 'utf8',
      ...user,
    },
  );
  return { stdout, stderr, status };
}

const GENUINE = { stdout: 'genuine', stderr: '', status: 0 };
const PLANTED = { ...GENUINE, stdout: 'planted' };

const nameFor = (hash: string, version = process.version) => `${hash}-${version}-${process.arch}-token`;

/** A cache file in the format of the launcher, with code that V8 accepts as the code of `main.cjs`. */
function planted({ after = Buffer.alloc(0) } = {}): Buffer {
  const maker = `const script = new (require('vm').Script)(${JSON.stringify(wrapped(source('planted')))});
    script.runInThisContext();
    process.stdout.write(script.createCachedData().toString('base64'));`;
  const made = spawnSync(process.execPath, ['-e', maker], { env: {}, encoding: 'utf8' });
  const data = Buffer.from(made.stdout, 'base64');
  const chunks = [
    ['main.cjs', data.length],
    ['later.cjs', after.length],
  ];
  const index = Buffer.from(JSON.stringify(chunks));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(index.length);
  const body = Buffer.concat([size, index, data, after]);
  return Buffer.concat([createHash('sha256').update(body).digest(), body]);
}

/** Puts a planted cache where the launcher looks, in a directory and with a mode that it believes. */
function plant(bytes = planted(), name = nameFor(HASH)): string {
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const file = join(cache, name);
  writeFileSync(file, bytes, { mode: 0o600 });
  return file;
}

describe('the code cache', () => {
  test('is written by the first run, closed to others, and used by the next', () => {
    expect(run()).toEqual(GENUINE);
    expect(readdirSync(cache)).toEqual([nameFor(HASH)]);
    expect(statSync(cache).mode & 0o777).toBe(0o700);
    expect(statSync(join(cache, nameFor(HASH))).mode & 0o777).toBe(0o600);
    const before = readFileSync(join(cache, nameFor(HASH)));
    expect(run()).toEqual(GENUINE);
    expect(readFileSync(join(cache, nameFor(HASH))).equals(before)).toBe(true);
  });

  test('is believed where everything about it is right: what follows is not for nothing', () => {
    plant();
    expect(run()).toEqual(PLANTED);
  });

  test.each<[string, () => void]>([
    ['a truncated file', () => truncateSync(plant(), 500)],
    [
      'a file truncated in another chunk',
      () => {
        const bytes = planted({ after: Buffer.alloc(1000) });
        truncateSync(plant(bytes), bytes.length - 500);
      },
    ],
    ['an empty file', () => truncateSync(plant(), 0)],
    [
      'a flipped bit in the code',
      () => {
        const bytes = planted();
        const last = bytes.length - 100;
        bytes.writeUInt8(bytes.readUInt8(last) ^ 1, last);
        plant(bytes);
      },
    ],
    [
      'a flipped bit in the digest',
      () => {
        const bytes = planted();
        bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
        plant(bytes);
      },
    ],
    ['a directory that the group may write to', () => chmodSync(dirname(plant()), 0o770)],
    ['a directory that others may enter', () => chmodSync(dirname(plant()), 0o701)],
    ['a file that others may write to', () => chmodSync(plant(), 0o602)],
    ['a file of another build of the same length', () => void plant(planted(), nameFor('b'.repeat(32)))],
    ['a file of another version of Node.js', () => void plant(planted(), nameFor(HASH, 'v19.0.0'))],
    [
      'a symbolic link in place of the file',
      () => {
        const file = plant();
        renameSync(file, join(directory, 'elsewhere'));
        symlinkSync(join(directory, 'elsewhere'), file);
      },
    ],
    [
      'a symbolic link in place of the directory',
      () => {
        plant();
        renameSync(cache, join(directory, 'elsewhere'));
        symlinkSync(join(directory, 'elsewhere'), cache);
      },
    ],
    [
      'a named pipe in place of the file',
      () => {
        const file = plant();
        rmSync(file);
        spawnSync('mkfifo', ['-m', '600', file]);
      },
    ],
  ])('does not believe %s', (_what, arrange) => {
    arrange();
    expect(run()).toEqual(GENUINE);
    expect(run()).toEqual(GENUINE);
  });

  test.skipIf(!isRoot).each<[string, () => void]>([
    ['a directory', () => chownSync(dirname(plant()), 12345, 12345)],
    ['a file', () => chownSync(plant(), 12345, 12345)],
  ])('does not believe %s of another user', (_what, arrange) => {
    arrange();
    expect(run()).toEqual(GENUINE);
  });

  test.skipIf(!isRoot)('leaves nothing in the home directory of another user', () => {
    mkdirSync(join(home, '.cache'));
    chownSync(join(home, '.cache'), 12345, 12345);
    expect(run()).toEqual(GENUINE);
    expect(readdirSync(join(home, '.cache'))).toEqual([]);
  });

  test('is turned off by NODE_DISABLE_COMPILE_CACHE', () => {
    plant();
    expect(run({ HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' })).toEqual(GENUINE);
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['no HOME', {}],
    ['a HOME that does not exist and cannot be made', { HOME: '/proc/no-such-home' }],
    ['a HOME that is a file', { HOME: join(ROOT, 'package.json') }],
    ['a HOME that is relative', { HOME: 'home' }],
    ['a relative XDG_CACHE_HOME and no HOME', { XDG_CACHE_HOME: 'cache' }],
  ])('does without, given %s', (_what, env) => {
    expect(run(env)).toEqual(GENUINE);
    expect([existsSync(join(home, '.cache')), existsSync(join(directory, 'cache'))]).toEqual([false, false]);
  });

  test('does without in a home directory that is read-only', () => {
    // Nothing is read-only to root, so that somebody else runs it.
    const nobody = 12345;
    const user = isRoot ? { uid: nobody, gid: nobody } : {};
    if (isRoot) chownSync(home, nobody, nobody);
    chmodSync(directory, 0o755);
    chmodSync(home, 0o500);
    const runAs = () => run({ HOME: home }, user);
    expect(runAs()).toEqual(GENUINE);
    expect(readdirSync(home)).toEqual([]);
    chmodSync(home, 0o700);
    mkdirSync(cache, { recursive: true, mode: 0o700 });
    if (isRoot) for (const each of [dirname(cache), cache]) chownSync(each, nobody, nobody);
    chmodSync(cache, 0o500);
    expect(runAs()).toEqual(GENUINE);
    expect(readdirSync(cache)).toEqual([]);
    chmodSync(cache, 0o700);
  });

  test('is in XDG_CACHE_HOME where that is set', () => {
    const xdg = join(directory, 'xdg');
    expect(run({ HOME: home, XDG_CACHE_HOME: xdg })).toEqual(GENUINE);
    expect([readdirSync(join(xdg, 'fedctl')), existsSync(cache)]).toEqual([[nameFor(HASH)], false]);
  });

  test('forgets other builds when a new one writes', () => {
    plant(planted(), nameFor('b'.repeat(32)));
    expect(run()).toEqual(GENUINE);
    expect(readdirSync(cache)).toEqual([nameFor(HASH)]);
  });

  test('survives eight first runs at once', async () => {
    // No run renames its temporary file before all eight files are written.
    const together = join(directory, 'together.cjs');
    writeFileSync(
      together,
      `const fs = require('node:fs');
      const { renameSync } = fs;
      fs.renameSync = (from, to) => {
        const until = Date.now() + 10_000;
        const arrived = ${JSON.stringify(join(directory, 'arrived-'))};
        fs.writeFileSync(arrived + process.pid, '');
        const all = () => fs.readdirSync(${JSON.stringify(directory)}).filter((name) => name.startsWith('arrived-')).length === 8;
        while (!all() && Date.now() < until) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
        renameSync(from, to);
      };`,
    );
    const ends = Array.from({ length: 8 }, async () => {
      const child = spawn(
        process.execPath,
        ['--require', together, '--', join(directory, 'bin/fedctl.js'), 'token'],
        {
          env: { HOME: home },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      let said = '';
      for await (const chunk of child.stdout) said += String(chunk);
      return said;
    });
    expect(await Promise.all(ends)).toEqual(Array.from({ length: 8 }, () => 'genuine'));
    // Each run has written a temporary file of its own.
    expect(readdirSync(directory).filter((name) => name.startsWith('arrived-'))).toHaveLength(8);
    expect(readdirSync(cache)).toEqual([nameFor(HASH)]);
    expect(run()).toEqual(GENUINE);
  });
});
