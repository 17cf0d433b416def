#!/bin/sh
// 2>/dev/null; exec node -- "$0" "$@"
// To a shell the line above starts Node.js with `--` before the script, and to Node.js it is a comment. Without `--`
// Node.js takes `--env-file` for its own, wherever it stands on the command line.
//
// The SDK's notice about Node.js versions would land on stderr, beside the answer: silenced before anything loads.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

import { fileURLToPath } from 'node:url';

const [{ main }, { processContext, takeOverSignals }] = await Promise.all([
  import('../dist/commands/main.js'),
  import('../dist/lib/process-context.js'),
]);
const { stopped, letGo, passSignals } = takeOverSignals();
const context = processContext(fileURLToPath(import.meta.url), stopped, passSignals);
process.exitCode = await main(process.argv.slice(2), context);
// What was said is said in full; then a connection that a driver cannot let go, or a look-up that hangs, must not hold
// the process.
for (const stream of [process.stdout, process.stderr]) await new Promise((said) => stream.write('', said));
// It waits for a thread that looks up a name, and calls no listener meanwhile.
letGo();
process.exit();
