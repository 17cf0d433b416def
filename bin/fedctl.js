#!/bin/sh
// 2>/dev/null; exec node -- "$0" "$@"
// To a shell the line above starts Node.js with `--` before the script, and to Node.js it is a comment. Without `--`
// Node.js takes `--env-file` for its own, wherever it stands on the command line.
// @ts-check
'use strict';

const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

// The SDK's notice about Node.js versions would land on stderr, beside the answer: silenced before anything loads.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const FOLDER = join(dirname(__dirname), 'dist', 'cli');

/** @type {{ hash: string, help: string, version: string }} */
const built = JSON.parse(readFileSync(join(FOLDER, 'built.json'), 'utf8'));

const HEAD = Buffer.from('(function (exports, require, module, __filename, __dirname) { ');
const TAIL = Buffer.from('\n})');

const args = process.argv.slice(2);
const prepared = preparedAnswer(args);
if (prepared === null) void run();
else {
  // A reader that is gone (`fedctl --help | head -1`) is no failure.
  process.stdout.on('error', () => {});
  process.stdout.write(prepared);
}

/**
 * What the build wrote down already: the help and the version, as they are where no terminal decides the width.
 *
 * @param {readonly string[]} args
 */
function preparedAnswer(args) {
  const [only, ...more] = args;
  if (more.length > 0) return null;
  if (only === '--version' || only === '-V') return built.version;
  const asksForHelp = only === undefined || only === '--help' || only === '-h' || only === 'help';
  return asksForHelp && !process.stdout.isTTY ? built.help : null;
}

async function run() {
  const { openCodeCache } = require('./code-cache.js');
  const cache = openCodeCache({ env: process.env, hash: built.hash, command: args[0] ?? '' });
  const load = loader(cache);
  const { main } = load('main.cjs');
  const { processContext, takeOverSignals } = load('process-context.cjs');
  const { stopped, letGo, passSignals } = takeOverSignals();
  process.exitCode = await main(args, processContext(__filename, stopped, passSignals));
  // What was said is said in full; then a connection that a driver cannot let go, or a look-up that hangs, must not hold
  // the process.
  for (const stream of [process.stdout, process.stderr]) await new Promise((said) => stream.write('', said));
  cache.save();
  // It waits for a thread that looks up a name, and calls no listener meanwhile.
  letGo();
  process.exit();
}

/**
 * Loads chunks of the bundle as CommonJS, from what V8 compiled last time where there is that.
 *
 * @param {ReturnType<typeof import('./code-cache.js').openCodeCache>} cache
 * @returns {(name: string) => any}
 */
function loader(cache) {
  /** @type {Map<string, { exports: any }>} */
  const modules = new Map();
  /** @param {string} name */
  const load = (name) => {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const filename = join(FOLDER, name);
    // Chunks are ASCII: the build escapes the rest. Wrapped as bytes, the source is in the heap once.
    const source = Buffer.concat([HEAD, readFileSync(filename), TAIL]).latin1Slice();
    const script = new vm.Script(source, { filename, cachedData: cache.of(name) });
    cache.keep(name, script);
    const module = { exports: {} };
    modules.set(name, module);
    /** @param {string} id */
    const requireFrom = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
    script.runInThisContext().call(module.exports, module.exports, requireFrom, module, filename, FOLDER);
    return module.exports;
  };
  return load;
}
