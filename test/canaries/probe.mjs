// Loaded into every Node.js process of a run: records the data of the process and its child processes that other users
// of the machine can see, in a file in the directory that CANARY_PROBE names.
import childProcess from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const directory = process.env.CANARY_PROBE;
const children = [];

for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'exec', 'execSync']) {
  const original = childProcess[name];
  childProcess[name] = (command, ...rest) => {
    children.push([command, ...(Array.isArray(rest[0]) ? rest[0] : [])].map(String));
    return original(command, ...rest);
  };
}
syncBuiltinESMExports();

process.on('exit', () => {
  if (directory === undefined) return;
  const seen = { script: process.argv[1] ?? '', title: process.title, commandLine: commandLine(), children };
  writeFileSync(join(directory, `${process.pid}.json`), JSON.stringify(seen));
});

/** The command line as `ps` shows it; without /proc, the command line at the start of the process. */
function commandLine() {
  try {
    return readFileSync('/proc/self/cmdline', 'utf8').split('\0');
  } catch {
    return process.argv;
  }
}
