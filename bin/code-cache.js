// @ts-check
'use strict';

const fs = require('node:fs');
const { isAbsolute, join } = require('node:path');

// Keeps V8's compiled code between runs. The cached code runs with the rights of the user, and V8 checks only the
// length of the source and the version of V8. V8 would therefore execute a file from another user or another build.
// fedctl trusts a cache file only if three conditions are met: the cache directory belongs to the user and no other
// user can access it; the file name contains the hash of the bundle and the version of Node.js; the SHA-256 at the
// start of the file matches the rest of the file.

/** The permission bits for group and others. Directories and files with any of these bits are not used. */
const FOR_OTHERS = 0o077;
const LARGEST = 32 * 1024 * 1024;
const DIGEST = 32;
/** The form of a command name. All runs whose first argument has another form use the same cache file. */
const COMMAND = /^[a-z]{1,20}$/;

/**
 * Opens the code cache of one command. If no safe directory exists, the cache is empty and stores nothing.
 * Cache errors never make the run fail.
 *
 * @param {{ env: NodeJS.ProcessEnv, hash: string, command: string }} options `hash`: hash of the bundle;
 * `command`: first command-line argument
 */
function openCodeCache({ env, hash, command }) {
  const directory = cacheDirectory(env);
  const build = `${hash}-${process.version}-${process.arch}`;
  const file =
    directory === null ? null : join(directory, `${build}-${COMMAND.test(command) ? command : 'other'}`);
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

    /**
     * Rewrites the cache file if this run loaded chunks that are not in the file. The caller must write all
     * output before it calls this function.
     */
    save() {
      if (directory === null || file === null || complete) return;
      const chunks = new Map(before);
      for (const [chunk, script] of loaded) chunks.set(chunk, script.createCachedData());
      try {
        write(directory, file, chunks);
        prune(directory, hash);
      } catch {
        // If the file cannot be written, the next run compiles the chunks again.
      }
    },
  };
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns the cache directory, which is created if missing; null if the directory is not safe or if the cache
 * is disabled
 */
function cacheDirectory(env) {
  if (env.NODE_DISABLE_COMPILE_CACHE === '1' || process.getuid === undefined) return null;
  const xdg = env.XDG_CACHE_HOME;
  const base =
    xdg !== undefined && isAbsolute(xdg)
      ? xdg
      : env.HOME !== undefined && isAbsolute(env.HOME)
        ? join(env.HOME, '.cache')
        : null;
  if (base === null) return null;
  const directory = join(base, 'fedctl');
  try {
    if (!fs.existsSync(directory)) {
      // mkdir is not recursive, because a missing home directory must not be created.
      if (!fs.existsSync(base)) fs.mkdirSync(base, { mode: 0o700 });
      // With sudo, the home directory can belong to another user. In this case, no file is created.
      if (fs.lstatSync(base).uid !== process.getuid()) return null;
      fs.mkdirSync(directory, { mode: 0o700 });
    }
  } catch {
    // Another run created the directory at the same time, or the directory cannot be created. The check below
    // handles both cases.
  }
  try {
    const { uid, mode } = fs.lstatSync(directory);
    const isDirectory = (mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR;
    return isDirectory && uid === process.getuid() && (mode & FOR_OTHERS) === 0 ? directory : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} file
 * @returns {Map<string, Buffer>} empty if the file is missing or not trusted
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
 * Packs chunks into one file. The file contains, in this order: the SHA-256 of all following bytes; the length
 * of the index; the index, which is `[name, bytes][]` in JSON; the data of the chunks.
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

/**
 * Returns the SHA-256 hash. Loads node:crypto here, because a run without a cache does not need it.
 *
 * @param {Buffer} bytes
 */
function sha256(bytes) {
  return require('node:crypto').createHash('sha256').update(bytes).digest();
}

/**
 * Writes a temporary file and renames it. A concurrent reader therefore reads either the complete old file or the
 * complete new file.
 *
 * @param {string} directory
 * @param {string} file
 * @param {ReadonlyMap<string, Buffer>} chunks
 */
function write(directory, file, chunks) {
  const draft = join(directory, `draft-${require('node:crypto').randomBytes(8).toString('hex')}`);
  try {
    fs.writeFileSync(draft, pack(chunks), { flag: 'wx', mode: 0o600 });
    fs.renameSync(draft, file);
  } catch (error) {
    fs.rmSync(draft, { force: true });
    throw error;
  }
}

/**
 * Removes the cache files of other builds and the temporary files of killed runs.
 *
 * @param {string} directory
 * @param {string} hash the hash of the current bundle, whose cache files are kept
 */
function prune(directory, hash) {
  for (const name of fs.readdirSync(directory)) {
    if (!name.startsWith(`${hash}-`) && !isFreshDraft(join(directory, name)))
      fs.rmSync(join(directory, name), { force: true });
  }
}

/** @param {string} path */
function isFreshDraft(path) {
  return path.includes('draft-') && fs.statSync(path).mtimeMs > Date.now() - 60_000;
}

module.exports = { openCodeCache };
