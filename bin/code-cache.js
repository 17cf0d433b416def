// @ts-check
'use strict';

const { createHash, randomBytes } = require('node:crypto');
const fs = require('node:fs');
const { isAbsolute, join } = require('node:path');

// What V8 compiled, kept between runs. It is code that runs as us: V8 compares nothing but the length of the source and
// its own version, so a file of somebody else, or of another build, would be executed as it is. A file is therefore
// believed only in a directory that is ours and closed to others, under a name that carries the hash of the bundle and
// the version of Node.js, and when the SHA-256 that begins it is that of the rest.

/** Directories and files that others may enter or read are not used. */
const FOR_OTHERS = 0o077;
const LARGEST = 32 * 1024 * 1024;
const DIGEST = 32;
/** Commands are short words; what else was typed shares one file. */
const COMMAND = /^[a-z]{1,20}$/;

/**
 * Opens the code cache of one command. Where there is no safe place for it, it is empty and keeps nothing: no failure of
 * the cache is a failure of the run.
 *
 * @param {{ env: NodeJS.ProcessEnv, hash: string, command: string }} options `hash` of the bundle; `command` as typed
 */
function openCodeCache({ env, hash, command }) {
  const folder = cacheFolder(env);
  const build = `${hash}-${process.version}-${process.arch}`;
  const file = folder === null ? null : join(folder, `${build}-${COMMAND.test(command) ? command : 'other'}`);
  const before = file === null ? new Map() : read(file);
  /** @type {Map<string, import('node:vm').Script>} */
  const loaded = new Map();
  let complete = true;
  return {
    /**
     * @param {string} chunk
     * @returns {Buffer | undefined}
     */
    of: (chunk) => before.get(chunk),

    /**
     * @param {string} chunk
     * @param {import('node:vm').Script} script
     */
    keep(chunk, script) {
      loaded.set(chunk, script);
      if (!before.has(chunk) || script.cachedDataRejected) complete = false;
    },

    /** Writes the cache anew if this run loaded something that is not in it. Called after the answer. */
    save() {
      if (folder === null || file === null || complete) return;
      const chunks = new Map(before);
      for (const [chunk, script] of loaded) chunks.set(chunk, script.createCachedData());
      try {
        write(folder, file, chunks);
        prune(folder, hash);
      } catch {
        // The next run compiles again.
      }
    },
  };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns the directory of the cache if it is safe, made where it is missing; null to go without
 */
function cacheFolder(env) {
  if (env.NODE_DISABLE_COMPILE_CACHE === '1' || process.getuid === undefined) return null;
  const xdg = env.XDG_CACHE_HOME;
  const base =
    xdg !== undefined && isAbsolute(xdg)
      ? xdg
      : env.HOME !== undefined && isAbsolute(env.HOME)
        ? join(env.HOME, '.cache')
        : null;
  if (base === null) return null;
  const folder = join(base, 'fedctl');
  try {
    if (!fs.existsSync(folder)) {
      // Not recursive, so that a missing home directory is not created.
      if (!fs.existsSync(base)) fs.mkdirSync(base, { mode: 0o700 });
      // In the home of another user (sudo) nothing is left behind.
      if (fs.lstatSync(base).uid !== process.getuid()) return null;
      fs.mkdirSync(folder, { mode: 0o700 });
    }
  } catch {
    // Made by another run in the meantime, or it cannot be made: what is there decides.
  }
  try {
    const { uid, mode } = fs.lstatSync(folder);
    const isDirectory = (mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR;
    return isDirectory && uid === process.getuid() && (mode & FOR_OTHERS) === 0 ? folder : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} file
 * @returns {Map<string, Buffer>} empty when there is no file, or one that is not to be believed
 */
function read(file) {
  let descriptor;
  try {
    descriptor = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const { uid, mode, size } = fs.fstatSync(descriptor);
    const isFile = (mode & fs.constants.S_IFMT) === fs.constants.S_IFREG;
    if (!isFile || uid !== process.getuid?.() || (mode & FOR_OTHERS) !== 0 || size > LARGEST)
      return new Map();
    return unpack(fs.readFileSync(descriptor));
  } catch {
    return new Map();
  } finally {
    if (descriptor !== undefined) fs.closeSync(descriptor);
  }
}

/**
 * SHA-256 of what follows, length of the index, the index (`[name, bytes][]` as JSON), the data of the chunks.
 *
 * @param {ReadonlyMap<string, Buffer>} chunks
 */
function pack(chunks) {
  const index = Buffer.from(JSON.stringify([...chunks].map(([name, { length }]) => [name, length])));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(index.length);
  const body = Buffer.concat([size, index, ...chunks.values()]);
  return Buffer.concat([sha256(body), body]);
}

/**
 * @param {Buffer} packed
 * @returns {Map<string, Buffer>}
 */
function unpack(packed) {
  const body = packed.subarray(DIGEST);
  const chunks = new Map();
  if (body.length < 4 || !sha256(body).equals(packed.subarray(0, DIGEST))) return chunks;
  const start = 4 + body.readUInt32LE();
  let at = start;
  for (const [name, length] of JSON.parse(body.toString('utf8', 4, start))) {
    chunks.set(name, body.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

/** @param {Buffer} bytes */
function sha256(bytes) {
  return createHash('sha256').update(bytes).digest();
}

/**
 * Writes under a name of its own and renames: who reads at the same time sees the old file or the new one, whole.
 *
 * @param {string} folder
 * @param {string} file
 * @param {ReadonlyMap<string, Buffer>} chunks
 */
function write(folder, file, chunks) {
  const draft = join(folder, `draft-${randomBytes(8).toString('hex')}`);
  try {
    fs.writeFileSync(draft, pack(chunks), { flag: 'wx', mode: 0o600 });
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Removes what other builds left, and drafts of runs that were killed.
 *
 * @param {string} folder
 * @param {string} hash of the bundle that stays
 */
function prune(folder, hash) {
  for (const name of fs.readdirSync(folder)) {
    if (!name.startsWith(`${hash}-`) && !isFreshDraft(join(folder, name)))
      fs.rmSync(join(folder, name), { force: true });
  }
}

/** @param {string} path */
function isFreshDraft(path) {
  return path.includes('draft-') && fs.statSync(path).mtimeMs > Date.now() - 60_000;
}

module.exports = { openCodeCache };
