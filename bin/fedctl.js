#!/bin/sh
// 2>/dev/null; exec node -- "$0" "$@"
// A shell executes the line above, which starts Node.js with `--` before the script. For Node.js the line is a comment.
// Without `--`, Node.js interprets `--env-file` at any position of the command line as a Node.js option.
// @ts-check
'use strict';

const { readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const vm = require('node:vm');

// Without this variable, the AWS SDK can print a warning about the version of Node.js to stderr. The SDK
// reads the variable when the SDK is loaded.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

const DIRECTORY = join(dirname(__dirname), 'dist', 'cli');

/** @type {{ hash: string, help: string, version: string }} */
const built = JSON.parse(readFileSync(join(DIRECTORY, 'built.json'), 'utf8'));

const HEAD = Buffer.from('(function (exports, require, module, __filename, __dirname) { ');
const TAIL = Buffer.from('\n})');

const args = process.argv.slice(2);
const prepared = preparedAnswer(args);
if (prepared === null) void run();
else {
  // If the reader closes the pipe (`fedctl --help | head -1`), fedctl reports no failure.
  process.stdout.on('error', () => {});
  process.stdout.write(prepared);
}

/**
 * Returns the version or the help text that the build prepared. Returns null if the bundle must run, for
 * example to wrap the help to the width of a terminal.
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
  // Waits until all output is written. After that, an open driver connection or a hanging DNS lookup must not
  // keep the process alive.
  for (const stream of [process.stdout, process.stderr]) await new Promise((said) => stream.write('', said));
  cache.save();
  // process.exit() can wait for a DNS lookup thread. During that time, Node.js calls no signal listeners.
  // letGo() removes the listeners, so that a signal ends the process.
  letGo();
  process.exit();
}

/**
 * Returns a function that loads a chunk of the bundle as CommonJS. If the cache contains the compiled code,
 * the function uses this code.
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
    const filename = join(DIRECTORY, name);
    // latin1Slice() is correct, because chunks are ASCII: the build escapes all other characters. HEAD and
    // TAIL are added to the bytes, and not to the string, to avoid a second copy of the source in memory.
    const source = Buffer.concat([HEAD, readFileSync(filename), TAIL]).latin1Slice();
    const script = new vm.Script(source, { filename, cachedData: cache.of(name) });
    cache.keep(name, script);
    const module = { exports: {} };
    modules.set(name, module);
    /** @param {string} id */
    const requireFrom = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
    script.runInThisContext().call(module.exports, module.exports, requireFrom, module, filename, DIRECTORY);
    return module.exports;
  };
  return load;
}
